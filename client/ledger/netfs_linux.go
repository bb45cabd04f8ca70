package ledger

import "syscall"

// networkFS names the network file system that dir lies on, if it is one. The
// write-ahead log of SQLite is memory shared by the processes of one host.
func networkFS(dir string) (string, bool) {
	var st syscall.Statfs_t
	if syscall.Statfs(dir, &st) != nil {
		return "", false
	}
	name, ok := map[uint32]string{
		0x6969: "NFS", 0x517b: "SMB", 0xff534d42: "CIFS", 0xfe534d42: "SMB2",
		0x5346414f: "AFS", 0x73757245: "Coda", 0x564c: "NCP", 0x0bd00bd0: "Lustre", 0x00c36400: "Ceph",
	}[uint32(st.Type)]
	return name, ok
}
