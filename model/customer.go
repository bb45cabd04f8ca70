package model

// Customer is a tenant that the partner looks after.
type Customer struct {
	ID           CustomerID
	Name         string
	Domain       string
	Relationship string // reseller, advisor …; unknown words are kept as they came
}
