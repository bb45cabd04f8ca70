// Package simulator plays the two services and their sign-in over real HTTP:
// Partner Center's device deployment, the Intune part of Microsoft Graph and
// what goes with it of the directory, a token endpoint, and a control interface for tests. It is the backend of
// muster without a connection, a bench for tests, and a stand-in that anybody
// can point a script at.
//
// It is not a library for clients: what it has in common with them is HTTP
// and the services' documentation, so it imports nothing else of this module.
// It never calls out, and everything in it is fictitious.
//
// # Time
//
// The services live on a simulated clock that starts at a fixed instant and
// runs Options.Speed times as fast as the real one. Nothing runs in the
// background: a job's plan is made when it is accepted, and each read
// computes how far it has come. Tokens expire, and answers are replayed, on
// the real clock, because that is the one a client sees.
//
// # The fleet
//
// Customers, batches and devices follow from the seed. A device is computed
// from its number whenever somebody asks, and serial numbers, product keys
// and ids can be turned back into that number; only changes take memory.
//
// # Why a device fails
//
// Always for a reason in the data, never by chance:
//
//	801…814, 640  a serial number or product key SIM-<code>-<anything>, such as SIM-814-0001
//	802           a hardware hash that is not base64, lacks its OA mark, length or checksum,
//	              or has no maker or serial number inside
//	803           none of the six accepted identifications, or an empty text in one
//	806           already registered to this customer: the same hash, product key, or serial
//	              number (two serial numbers are the same device unless maker or model, where
//	              both are known, say otherwise)
//	808           the same, but registered to another simulated customer
//	807           policy update on a device that the customer does not have or no longer has
//	              (the first customer's batch of returns holds some listed devices of that kind,
//	              whose serial numbers begin with SIM-807-)
//	809           policy update with a policy that the customer does not have
//	811           not in a job: removing a device that another tenant registered, which
//	              uploadedBy shows (the first customer's batch of 101 holds four of them)
//	812           serial, maker and model with a model from a short seeded list of unknown ones
//	              (control/state shows the list); any other maker and model is accepted
//	(no number)   ZtdDeviceDuplicated: a further copy of a device, by the same rule, in one upload
//
// A job with failures says finished_with_errors, except for a seeded quarter
// of the jobs that say plain finished, as the real service has been seen to do.
//
// # What is removed
//
// A removed device belongs to nobody from the moment of the 204: it can be
// uploaded again, by any customer, under a new id. A device that is listed but
// no longer registered (807) cannot be removed; the service says 404. A deleted
// policy is taken off its devices, and a job under way that was to assign it
// leaves its devices without one. Lists and counts of devices follow after the
// lag, the list of policies at once.
//
// With the scenario restricted some devices say what may be done to them
// (allowedOperations), and the two calls on a single device obey it.
//
// # Autopilot
//
// Every device that Partner Center starts with has an identity in its
// customer's Intune, with the batch for a group tag, those of the batch of
// returns excepted. A few more the customer imported by itself, and two of the
// first customer's share a placeholder for a serial number; one enrolled
// device's managed device has gone, for the machine enrolled anew. Most devices have their profile through a
// dynamic group over their group tag; the second batch of a customer has none.
//
// A sync lets take effect what has waited for it: identities that were deleted,
// devices that Partner Center registered or gave up, and what group
// assignments mean for devices. Somebody may ask for one every ten simulated
// minutes; it takes twenty simulated seconds. The service does one by itself
// an hour after the last. An identity that is deleted ends the registration,
// so that Partner Center lists the device but no longer knows it (807).
//
// Of the profiles that reach a device through groups the oldest one counts. A
// profile that was given to a device alone outlasts syncs; one that was taken
// from it alone comes back with a sync if a group says so. Between decision
// and outcome lies pending, of 20 to 80 simulated seconds; the outcome is
// assignedInSync or assignedUnkownSyncState, as the device's number has it, or
// failed where profile and machine do not go together: a self-deploying one on
// a virtual machine, one for hubs or headsets on anything else. After an edit
// of what devices notice the profile is assignedOutOfSync for as long, and on a
// device that waits for its reset always.
//
// An import takes 60 to 95 simulated seconds and a fifth of a second more for
// each device before it in a list, and its identity is there at once. It fails
// like an upload does; a hash of 64 bytes or less that begins with OA passes for a
// shortened sample. An unknown user principal name is a 400 in an action and
// nothing in an import.
//
// Every body has the properties, types and enumeration members of the published
// metadata, so that Microsoft's own clients read all of it. The JavaScript one
// takes no link of plain http for a whole address and appends it to its version;
// such a path leads where the link leads.
//
// # The directory and managed devices
//
// Each device has an object in the directory, and about three in five are
// enrolled and have a managed device; ids lead from one to the other. Beyond
// them there are a few managed devices that no identity names: two share a
// placeholder for a serial number, one enrolled by hand and one anew, under the
// serial numbers of identities. The list of managed devices
// obeys the filters that it knows and ignores all others; of an or across two
// properties it obeys one side.
//
// Groups are dynamic, over all of Autopilot, a group tag or a purchase order,
// or static. Nobody here may delete a device of the directory, or a member of
// a group when $ref is left out of the path.
//
// # BIOS configurations
//
// A device that is switched on takes a configuration within two to fifteen
// simulated minutes, three in ten not before their next check-in, at most eight
// hours later; syncDevice brings it forward. One that had not spoken to Intune
// in the three days before the start stays pending. What it reports has a
// reason in the data:
//
//	notApplicable  another maker than the file's format is for, and virtual machines
//	scriptError    no agent (one device in forty), or a file that is not text or does not
//	               begin with [cctk]
//	fail           a setting that the model does not have: Camera, ThunderboltSecLvl and
//	               BluetoothDevice on the OptiPlex Micro 7020, the first two on the Precision
//	               3680, AutoOn and UsbWake on the Latitude 7350 Detachable
//	unknown        an agent that says nothing (one device in sixty)
//
// A success under a configuration that sets passwords gives the device a new
// BIOS password, and so does every thirtieth simulated day; one that takes
// passwords away ends it. It outlives the configuration, its assignment and the
// managed device.
//
// # Limits
//
// With the switch budget requests are counted on the simulated clock, for the
// application that the token names and for the tenant: those of Intune in
// windows of twenty seconds, those of the directory in resource units. One too
// many is a 429, alone or inside a batch; Retry-After is in the client's
// seconds. control/state counts them.
//
// # Faults
//
// A fault is {match, kind, times, probability} and what its kind wants:
//
//	status      status, retryAfter: an error or a redirect in place of the deed; a
//	            policy that cannot be deleted is ^DELETE .*/policies/ with status 409
//	reset       the connection is cut after the deed, or before it with before
//	slow        delayMs before the answer
//	truncate    half of the answer
//	stuck       jobs that never end
//	nolocation  the deed without saying which job it became
//	garbage     body in place of a good answer's, broken JSON when empty; unknown words
//	            for states of a job can be had this way
//	endless     a good answer that never ends, delayMs between its pieces
//	challenge   401 in place of the deed, which wants a token with more claims
//
// # Switches
//
// A manner of the services that some tenants have and others do not is a
// switch, off unless it is wanted: by its name among the scenarios, or through
// the control interface at any time.
//
//	lenient-filter   identities and imports take filters with eq, and hyphens
//	imports-unknown  imports stay unknown; those that are due end when it is turned off
//	no-direct-route  writes to assignedDevices and assign answer that there is no route
//	item-unknown     an identity read alone says unknown, the list knows better
//	late-reads       what is written to an identity shows two simulated minutes later
//	conflicts        each 25th updateDeviceProperties is refused with 412
//	page-loop        the next link of identities brings the same page for ever
//	no-select        $select on the list of identities is a 500
//	order-id         identities carry the older orderIdentifier as well
//	budget           the published limits hold, with 429 beyond them
//	no-retry-after   no 429 of Graph has the header; some say it inside their message
//	no-password-role BIOS passwords are refused with 403
//	large-files      BIOS configurations take files up to 2 MiB
//	endpoints-down   all of the following
//	passwords-down   BIOS passwords answer 503
//	runs-down        results of BIOS configurations answer 503
//	managed-down     managed devices answer 503
//	groups-down      groups, members and the directory's devices answer 503
//	tags-down        role scope tags and assignment filters answer 503
//
// # Control
//
// Below /_simulator, for callers on this machine and without a token:
//
//	POST, GET, DELETE faults  turn a fault on, list them, turn all off
//	POST, GET, DELETE switches
//	                          {"name": true}, how all stand, turn all off
//	GET, POST signin          the sign-ins that wait; {"code": …, "account": "agent"} or "decline"
//	                          decides one, "auto" all to come, "revoke" ends what was
//	                          handed out, "refuse" {tenant, error, code, claims} a tenant
//	GET, DELETE requests      the log as NDJSON, parts of batches too; forget it
//	GET state                 customers, devices by batch, jobs by state, unknown models
//	GET tokens?customer=ID    good tokens, and such as are refused somewhere
//	POST reset                everything as it was at the start, the clock excepted
package simulator
