package csvdir

// lookup finds things by name. Before it hashes it tries what rows of a file
// mostly do: name what was named lately, or the next in order.
type lookup struct {
	index  map[string]int32
	names  []string // by place
	last   int32    // the place found last
	lately [64]found
}

// found is the place of a field as the file has it, which is never empty.
type found struct {
	raw string
	at  int32
}

func newLookup(index map[string]int32, names []string) lookup {
	return lookup{index: index, names: names, last: -1}
}

// find is the place of what the field names, -1 where nothing has that name.
func (l *lookup) find(t *table, c col) int32 {
	raw := t.scan.fields[c]
	if raw == "" {
		return l.place("")
	}
	seen := l.seen(raw)
	if seen.raw == raw {
		return seen.at
	}
	at := l.last + 1
	if int(at) >= len(l.names) || l.names[at] != raw {
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

func (l *lookup) place(name string) int32 {
	if at, known := l.index[name]; known {
		return at
	}
	return -1
}

// findOrAdd gives a name that is new the next place.
func (l *lookup) findOrAdd(t *table, c col) int32 {
	if at := l.find(t, c); at >= 0 {
		return at
	}
	raw, name := t.scan.fields[c], t.text(c)
	at := int32(len(l.names))
	l.index[name] = at
	l.names = append(l.names, name)
	*l.seen(raw) = found{raw, at}
	return at
}
