// Package screen is the dashboard's screens: lists over an index, details and help.
// A screen turns keys and answers into effects and draws itself into the rectangle
// it was given.
//
// It reaches nothing by itself: what it wants to know it asks through the commands
// of package kit, forms come from kit.Forms, and the frame around a screen belongs to
// the app.
package screen
