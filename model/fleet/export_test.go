package fleet

// Fresh returns the same snapshot without the orders that it keeps.
func Fresh(ix *Index) *Index {
	next := *ix
	next.orders = &orders{}
	return &next
}
