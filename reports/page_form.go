package reports

// rule draws a line across the flow.
func (f *flow) rule() {
	f.space(1.5)
	f.room(3)
	f.sheet().line(f.left, f.y, f.right-f.left, 0.2, silver)
	f.y += 2.5
}

// signatures adds lines to sign on, side by side, with a label under each.
func (f *flow) signatures(labels ...string) {
	if len(labels) > 0 {
		f.signatureLine(9, labels...)
		f.y += 1.5
	}
}

// signatureLine leaves high mm above the lines to sign on.
func (f *flow) signatureLine(high float64, labels ...string) {
	const gap = 8.0
	size := f.size - 2
	f.room(high + 0.8 + leading(size))
	w := (f.right - f.left - gap*float64(len(labels)-1)) / float64(len(labels))
	f.y += high
	for i, label := range labels {
		x := f.left + float64(i)*(w+gap)
		f.sheet().line(x, f.y, w, 0.25, black)
		f.sheet().text(x, f.y+0.8+ascent(size), size, regular, grey, f.fonts.fit(f.fonts.oneLine(label, 200), regular, size, w))
	}
	f.y += 0.8 + leading(size)
}

// blank is a field to fill in by hand.
type blank struct {
	Label  string
	Weight float64 // share of the line, 0 for 1
	Value  string  // printed on the line where it is known
}

// blanks adds one line of fields: Label ________
func (f *flow) blanks(fields ...blank) {
	total := 0.0
	for i := range fields {
		if fields[i].Weight <= 0 {
			fields[i].Weight = 1
		}
		total += fields[i].Weight
	}
	const gap = 5.0
	high := leading(f.size) + 2.6
	f.room(high)
	base := f.y + 2.2 + ascent(f.size)
	x, free := f.left, f.right-f.left-gap*float64(len(fields)-1)
	for _, b := range fields {
		w := free * b.Weight / total
		label := f.fonts.fit(f.fonts.oneLine(b.Label, 200), regular, f.size, w*0.8)
		lw := f.fonts.width(label, regular, f.size)
		f.sheet().text(x, base, f.size, regular, black, label)
		if lw > 0 {
			lw += 1.5
		}
		f.sheet().line(x+lw, base+0.7, w-lw, 0.2, black)
		f.sheet().text(x+lw+1, base, f.size, bold, black, f.fonts.fit(f.fonts.oneLine(b.Value, 200), bold, f.size, w-lw-1))
		x += w + gap
	}
	f.y += high
}

// checkRow sets check boxes with labels side by side, over as many lines as
// they need.
func (f *flow) checkRow(labels ...string) {
	const gap = 6.0
	mark := f.size*0.28 + 1.4
	high := leading(f.size) + 0.8
	f.room(high)
	x := f.left
	for _, label := range labels {
		label = f.fonts.fit(f.fonts.oneLine(label, 200), regular, f.size, f.right-f.left-mark)
		w := mark + f.fonts.width(label, regular, f.size)
		if x > f.left && x+w > f.right {
			f.y += high
			f.room(high)
			x = f.left
		}
		f.box(x, f.y, f.size, false)
		f.sheet().text(x+mark, f.y+ascent(f.size), f.size, regular, black, label)
		x += w + gap
	}
	f.y += high
}
