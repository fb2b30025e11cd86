package pipeline

import "slices"

// turns is the order in which schools are decided: side by side where nothing ties them,
// else by ID. What a night decides for a family at one school rests on what it has
// decided at another, and may not depend on which machine was faster. (Where one is given
// up, those who waited for it go on without it.)
type turns struct {
	next    map[string][]string // the schools that wait for one
	waitFor map[string]int      // how many schools one waits for
}

// newTurns has each school of a tied group wait for the one before it.
func newTurns(schools []string, tied [][]string) *turns {
	t := &turns{next: map[string][]string{}, waitFor: make(map[string]int, len(schools))}
	for _, id := range schools {
		t.waitFor[id] = 0
	}
	for _, group := range tied {
		before := ""
		for _, id := range slices.Sorted(slices.Values(group)) {
			if _, ours := t.waitFor[id]; !ours {
				continue // decided already, or not tonight
			}
			if before != "" && !slices.Contains(t.next[before], id) {
				t.next[before] = append(t.next[before], id)
				t.waitFor[id]++
			}
			before = id
		}
	}
	return t
}

// first are the schools that wait for none, by ID.
func (t *turns) first() []string {
	var ids []string
	for id, n := range t.waitFor {
		if n == 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// after are the schools whose turn it is now that one is settled.
func (t *turns) after(id string) []string {
	var ids []string
	for _, next := range t.next[id] {
		if t.waitFor[next]--; t.waitFor[next] == 0 {
			ids = append(ids, next)
		}
	}
	return ids
}
