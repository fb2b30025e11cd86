package demo

import "math/rand/v2"

// dice are the chances of one thing: a family, a child, a classroom. Each has
// its own, so that a change in one leaves the others as they were.
type dice struct{ *rand.Rand }

// The things that have dice.
const (
	orderDice uint64 = iota + 1
	familyDice
	childDice
	yearDice
	staffDice
	teacherDice
)

// throw returns the dice of the n-th thing of a kind.
func throw(seed, kind, n uint64) dice {
	return dice{rand.New(rand.NewPCG(scatter(seed^scatter(kind)), scatter(n)))}
}

// scatter spreads neighbouring numbers over all 64 bits (the finaliser of
// SplitMix64).
func scatter(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// chance is true with probability p.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// between is a whole number from..to, both inclusive.
func (d dice) between(from, to int) int { return from + d.IntN(to-from+1) }

// pick chooses one of a list.
func pick[T any](d dice, list []T) T { return list[d.IntN(len(list))] }

// weighted chooses an index with probability in proportion to its weight.
func (d dice) weighted(weights ...float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	at := d.Float64() * sum
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}
