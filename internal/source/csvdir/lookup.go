package csvdir

// lookup finds things by name. It tries what rows of a file mostly do before it
// hashes: name the same as the row before, or the next in order, or one of few.
type lookup struct {
	index map[string]int32
	names []string // by place
	raw   string   // the last field asked for, as the file has it
	at    int32
}

// few is up to how many names comparing beats hashing.
const few = 16

func newLookup(index map[string]int32, names []string) lookup {
	return lookup{index: index, names: names, at: -1}
}

// find is the place of what the field names, -1 where nothing has that name.
func (l *lookup) find(t *table, c col) int32 {
	raw := t.scan.fields[c]
	if raw == l.raw {
		return l.at
	}
	l.raw = raw
	if next := int(l.at) + 1; next < len(l.names) && l.names[next] == raw {
		l.at++
		return l.at
	}
	if len(l.names) <= few {
		for i, name := range l.names {
			if name == raw {
				l.at = int32(i)
				return l.at
			}
		}
	}
	at, known := l.index[t.text(c)]
	if !known {
		at = -1
	}
	l.at = at
	return at
}

// findOrAdd gives a name that is new the next place.
func (l *lookup) findOrAdd(t *table, c col) int32 {
	if at := l.find(t, c); at >= 0 {
		return at
	}
	name := t.text(c)
	l.at = int32(len(l.names))
	l.index[name] = l.at
	l.names = append(l.names, name)
	return l.at
}
