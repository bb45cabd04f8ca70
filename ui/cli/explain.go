package cli

const connectionsAddHelp = `Writes a connection into the configuration file. Nobody is asked yet: the sign-in
comes when the connection is first used. A new connection is read-only; --writes, or
read_only = false in the file, lets it change the tenant.

No secret stands in the configuration or in an argument: a secret or a key comes from a
file that only you can read, or from the environment.`
