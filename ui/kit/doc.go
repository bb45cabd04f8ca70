// Package kit is the contract between the app and its screens: the environment
// they read, the effects they return, the actions they declare, the messages and
// commands that travel between them, and the small interfaces through which they
// reach the world outside. It draws nothing itself.
package kit
