// Package model says what things are in muster: customers, batches, devices,
// policies, profiles, BIOS configurations, operations and jobs, with the rules
// that make them legal and the one error type that travels from socket to screen.
//
// It is pure. It does no I/O, has no clock and no randomness of its own (time
// and ids come in as arguments) and imports nothing of ours but its own
// subpackages never the other way round. How a thing is spelt on a wire is the
// business of package client; how it is drawn is the business of package ui.
//
// # Words
//
// These words mean one thing each, in code, on screen, in help, on the command
// line and in errors:
//
//   - customer: a tenant that a partner looks after; its id is the tenant id.
//   - batch: a named bag of devices at Partner Center. Its name becomes the
//     group tag of its devices in Intune, cannot be changed and cannot be removed.
//   - device: a Windows machine registered through a batch, or an Autopilot device.
//   - policy: a Partner Center configuration policy (out-of-box experience).
//   - profile: an Autopilot deployment profile, and nothing else.
//   - BIOS configuration: an Intune hardwareConfiguration.
//   - assignment: a policy put on devices, or a profile on groups or devices.
//   - group tag: what Entra calls OrderID.
//   - upload: a list of devices on its way to a batch.
//   - job: one asynchronous task at a service, known by its tracking id.
//   - operation: what the operator asked for. It has rows, an owner and any
//     number of jobs.
//   - row: one device (or one object) of an operation, with its own outcome.
//   - connection: how muster reaches a tenant.
package model
