package bundle

// register gives names their places. Files are mostly in one order, so that
// few places are ever asked for by name: the index is made for the first that
// is.
type register struct {
	names []string // by place
	index map[string]int32
}

// place is that of a name, -1 where nothing has it.
func (r *register) place(name string) int32 {
	if r.index == nil {
		r.index = make(map[string]int32, len(r.names))
		for at, name := range r.names {
			r.index[name] = int32(at)
		}
	}
	if at, known := r.index[name]; known {
		return at
	}
	return -1
}

// add gives a name that is new the next place.
func (r *register) add(name string) int32 {
	at := int32(len(r.names))
	r.names = append(r.names, name)
	if r.index != nil {
		r.index[name] = at
	}
	return at
}

// lookup finds places for the rows of one file. Before it asks the register by
// name it tries what rows mostly do: name what was named lately, or one of the
// next in order.
type lookup struct {
	*register
	last   int32 // the place found last
	lately [64]found
}

// found is the place of a field as the file has it, which is never empty.
type found struct {
	raw string
	at  int32
}

// ahead is how many in a row may have no row of their own.
const ahead = 6

func newLookup(r *register) lookup { return lookup{register: r, last: -1} }

// find is the place of what the field names, -1 where nothing has that name.
func (l *lookup) find(t *table, c col) int32 {
	raw := t.row.Fields[c]
	if raw == "" {
		return l.place("")
	}
	seen := l.seen(raw)
	if seen.raw == raw {
		return seen.at
	}
	at, end := l.last+1, min(l.last+1+ahead, int32(len(l.names)))
	for at < end && l.names[at] != raw {
		at++
	}
	if at >= end {
		at = l.place(t.text(c))
	}
	*seen, l.last = found{raw, at}, at
	return at
}

// seen is where a field is remembered; no two codes of one capital letter share
// a place.
func (l *lookup) seen(raw string) *found {
	return &l.lately[(raw[0]+2*raw[len(raw)-1])%byte(len(l.lately))]
}

// findOrAdd gives a name that is new the next place.
func (l *lookup) findOrAdd(t *table, c col) int32 {
	if at := l.find(t, c); at >= 0 {
		return at
	}
	raw := t.row.Fields[c]
	at := l.add(t.text(c))
	*l.seen(raw) = found{raw, at}
	return at
}
