package reports

import "rollcall/templates"

// slip sets the slip to tear off at the foot of the page, so that those of both
// languages lie back to back. It is never parted from itself.
func (l *letterPage) slip(blocks []templates.Block) {
	for try := 0; ; try++ {
		l.between(1)
		pages, at, y := len(l.pages), len(l.sheet().marks), l.y
		l.cut()
		size := l.size
		l.size = max(9, size-0.5)
		for _, b := range blocks {
			switch b.Kind {
			case templates.Checks:
				l.answers(itemsOf(b.Items))
			case templates.Signatures:
				if len(b.Labels) > 0 {
					l.signatureLine(7.5, b.Labels...)
				}
			default:
				l.block(b)
			}
		}
		l.size = size
		if len(l.pages) == pages {
			if down := l.bottom - l.y; down > 0 {
				l.spare = down
				for i := range l.sheet().marks[at:] {
					l.sheet().marks[at+i].y += down
				}
				l.y = l.bottom
			}
			return
		}
		if try > 0 || y <= l.top {
			return
		}
		l.pages = l.pages[:pages]
		l.sheet().marks = l.sheet().marks[:at]
		l.newPage()
	}
}

// answers sets the boxes to tick, as many on a line as have room, with the lines
// apart enough to write on.
func (l *letterPage) answers(items [][]span) {
	const gap = 6.0
	box := l.size*0.28 + 1.4
	high := leading(l.size)
	whole := l.right - l.left
	x := 0.0
	for _, it := range items {
		lines := l.wrap(it, l.size, whole-box)
		if x > 0 && (len(lines) > 1 || x+box+lines[0].width > whole) {
			x = 0
			l.y += high + l.less(1.2)
		}
		l.room(high * float64(len(lines)))
		l.box(l.left+x, l.y, l.size, false)
		for i, line := range lines {
			if i > 0 {
				l.y += high
			}
			l.sheet().drawLine(line, l.left+x+box, l.y, 0, l.size, flushLeft, black)
		}
		x += box + lines[len(lines)-1].width + gap
		if len(lines) > 1 {
			x = whole
		}
	}
	l.y += high + l.less(1.2)
}

// cut marks where the slip is torn off.
func (l *letterPage) cut() {
	label := l.fonts.clean("✂ " + templates.Say(l.side.lang, templates.CutHere))
	l.sheet().text(l.left, l.y+ascent(7), 7, regular, grey, label)
	w := l.fonts.width(label, regular, 7) + 1.5
	l.sheet().dashes(l.left+w, l.y+1.7, l.right-l.left-w, 0.2, grey)
	l.y += leading(7) + 0.8
}
