package reports

import (
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rollcall/internal/attendance"
	"rollcall/internal/district"
	"rollcall/internal/intervention"
)

// The safe boxes of a #10 envelope with two windows, in points from the page's
// top left, and where the text may begin (law-and-practice, 6). They stay whole
// in the windows however far the sheet slides.
var (
	upperBox   = box{36, 36, 36 + 252, 36 + 57.024}
	lowerBox   = box{36, 147.024, 36 + 252, 147.024 + 63}
	belowFolds = 243.0
)

type box struct{ left, top, right, bottom float64 }

// holds allows for a rounding of the page's own hundredths.
func (b box) holds(o box) bool {
	const e = 0.1
	return o.left >= b.left-e && o.top >= b.top-e && o.right <= b.right+e && o.bottom <= b.bottom+e
}

func (w word) box() box { return box{w.XMin, w.YMin, w.XMax, w.YMax} }

// inkDPI is the resolution at which pages are drawn to see what is on them.
const inkDPI = 100

// windowInk draws the upper part of every page and returns its pixels.
func windowInk(t testing.TB, pdf []byte) []*image.Gray {
	t.Helper()
	dir := t.TempDir()
	high := fmt.Sprint(int(belowFolds / 72 * inkDPI))
	runTool(t, pdf, "pdftoppm", "-gray", "-r", fmt.Sprint(inkDPI), "-x", "0", "-y", "0", "-W", fmt.Sprint(int(8.5*inkDPI)), "-H", high, "IN", filepath.Join(dir, "p"))
	files, err := filepath.Glob(filepath.Join(dir, "p-*.pgm"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	pages := make([]*image.Gray, len(files))
	for i, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var w, h, most int
		if n, err := fmt.Sscanf(string(b[:min(len(b), 40)]), "P5\n%d %d\n%d\n", &w, &h, &most); n != 3 || err != nil || len(b) < w*h {
			t.Fatalf("%s is no picture: %v", name, err)
		}
		pages[i] = &image.Gray{Pix: b[len(b)-w*h:], Stride: w, Rect: image.Rect(0, 0, w, h)}
	}
	return pages
}

// pixels are those that a box in points touches. A letter's edge spreads into the
// next one.
func pixels(b box) image.Rectangle {
	const scale = inkDPI / 72.0
	return image.Rect(int(b.left*scale)-1, int(b.top*scale)-1, int(b.right*scale)+2, int(b.bottom*scale)+2)
}

// strayInk is a mark above the text and outside the words given.
func strayInk(page *image.Gray, words []word) (at image.Point, found bool) {
	allowed := image.NewGray(page.Rect)
	for _, w := range words {
		// Marks above capitals stand out of a word's own box, not of the window's.
		r := pixels(box{w.XMin, w.YMin - (w.YMax-w.YMin)/4, w.XMax, w.YMax}).Intersect(page.Rect)
		for _, b := range []box{upperBox, lowerBox} {
			if b.holds(w.box()) {
				r = r.Intersect(pixels(b))
			}
		}
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				allowed.Pix[y*allowed.Stride+x] = 1
			}
		}
	}
	for i, v := range page.Pix {
		if v < 250 && allowed.Pix[i] == 0 {
			return image.Pt(i%page.Stride, i/page.Stride), true
		}
	}
	return image.Point{}, false
}

// mailAddress is a household as it may stand on an envelope.
type mailAddress struct {
	name   string
	adults []string
	at     district.Address
	lines  int // it is set in
	cut    bool
}

var mailAddresses = []mailAddress{
	{"short", []string{"Al Ito"}, district.Address{Street: "1 Elm", City: "Ono", State: "CA", Zip: "92500"}, 3, false},
	{"unit", []string{"Maria Flores", "José Flores"}, district.Address{Street: "12 1/2 N. Oak Street", Unit: "Apt. #4-B", City: "Sage Valley", State: "CA", Zip: "925010004"}, 3, false},
	{"bare unit", []string{"Ada Okafor"}, district.Address{Street: "77 Quail Run", Unit: "1204", City: "Sage Valley", State: "CA", Zip: "92501-0004"}, 3, false},
	{"five lines", []string{"Maximiliana Guadalupe Fernandez de la Torre", "Bartholomew Featherstonehaugh-Cholmondeley"},
		district.Address{Street: "12345 North Old Stagecoach Canyon Ranch Road", Unit: "Building 12 Apartment 4-B Rear Cottage", City: "Rancho Santa Margarita", State: "CA", Zip: "92688-0004"}, 5, false},
	{"six adults", []string{"Guadalupe Fernandez", "Bartholomew Cholmondeley", "Wilhelmina Featherstone", "Quentin Okonkwo", "Josephine Montgomery", "Gwendolyn Wigglesworth"},
		district.Address{Street: "12 Oak Street", Unit: "Apt 4", City: "Sage Valley", State: "CA", Zip: "92501"}, 5, true},
	{"one word", []string{strings.Repeat("Wolfeschlegel", 8)}, district.Address{Street: strings.Repeat("Llanfair", 12), City: strings.Repeat("Taumata", 14), State: "CA", Zip: "92501"}, 5, true},
	{"Vietnamese", []string{"Nguyễn Thị Ánh Tuyết", "Trần Quỳnh Ngữ Ẫn"}, district.Address{Street: "8 Đường Lê Lợi Ẩm Thực", Unit: "Căn hộ Ỗ 3", City: "Ẵng Cang", State: "CA", Zip: "92501-0001"}, 3, false},
	{"Vietnamese, long", []string{"Công Tằng Tôn Nữ Nguyễn Phước Ẩn Quỳnh Hương", "Nguyễn Phúc Ưng Bình Thúc Giạ Thị Ỗn"},
		district.Address{Street: "12345 North Old Stagecoach Canyon Ranch Road", Unit: "Căn hộ Ỗ 3", City: "Sage Valley", State: "CA", Zip: "92501-0001"}, 5, false},
	{"nobody named", nil, district.Address{Street: "P.O. Box 9", City: "Hemet", State: "CA", Zip: "92543"}, 4, false},
	{"marks below", []string{"Ç Ģ Ạ Ọ, Jr.", "Şirin Ţăranu"}, district.Address{Street: "9 Þýskugata Ų", City: "Ķemeri Ņ", State: "CA", Zip: "92543"}, 3, false},
}

// windowLetters are all kinds of letter to all addresses in a language, and the
// copies that students carry.
func windowLetters(s *SchoolNight, language string) []LetterDue {
	var all []LetterDue
	for _, kind := range letterKinds {
		_, due := letterNight(kind, language)
		for i, a := range mailAddresses {
			l := due
			l.Letter.ID = fmt.Sprintf("%s %d", due.Letter.ID, i)
			l.Household = district.Household{Key: a.name, Language: language, Address: a.at}
			for _, name := range a.adults {
				l.Household.Adults = append(l.Household.Adults, district.Contact{Name: name})
			}
			all = append(all, l)
		}
		carried := due
		carried.Copy, carried.Homeroom = true, "Portable 12, Mx. Featherstonehaugh"
		all = append(all, carried)
		if kind == intervention.Rescheduled {
			carried.Meeting, carried.CorrectBy, carried.Copy = nil, 0, false // off without another day
			all = append(all, carried)
		}
	}
	return all
}

// windowNight is a night whose one student has dates enough for more pages than
// a front and a back where many is set.
func windowNight(t testing.TB, logo, long, many bool) *SchoolNight {
	s, _ := letterNight(intervention.SARTInvitation, "en")
	if logo {
		s.Night.District.Logo = logoPNG(t)
	}
	if long {
		s.School.Name = "Ẵng Đường Lê Quý Đôn Ỗn Elementary School of Mathematics, Science, Engineering and the Performing Arts"
		s.Night.District.Name = "Sage Valley, Juniper Flats and Cottonwood Springs Joint Unified Union High School District"
		s.School.Street = "12345 North Old Stagecoach Canyon Ranch Road, Building 12, Administration Wing"
	}
	if many {
		f := s.File("0001001")
		f.Standing.Absences, f.Standing.Truancies = nil, nil
		for _, d := range s.Calendar[:170] {
			day := attendance.Day{Date: d, Code: "U", Category: district.Unexcused, Kind: attendance.FullDayAbsence}
			f.Standing.Absences, f.Standing.Truancies = append(f.Standing.Absences, day), append(f.Standing.Truancies, day)
		}
		f.UnderLaw = f.Standing.Truancies
	}
	return s
}

// checkAddressPage fails unless the recipient lies in the lower box, the school in
// the upper, and nothing but their words is printed above the text.
func checkAddressPage(t testing.TB, page []word, ink *image.Gray, recipient, sender string) {
	t.Helper()
	var upper, lower []string
	var above []word
	for _, w := range page {
		switch {
		case w.YMin >= belowFolds-0.1:
			continue
		case upperBox.holds(w.box()):
			upper = append(upper, w.Text)
		case lowerBox.holds(w.box()):
			lower = append(lower, w.Text)
		default:
			t.Errorf("%q at %.1f,%.1f..%.1f,%.1f pt is in the window zone and in neither safe box", w.Text, w.XMin, w.YMin, w.XMax, w.YMax)
		}
		above = append(above, w)
	}
	if got := strings.Join(lower, " "); got != recipient {
		t.Errorf("the lower window shows %q, want %q", got, recipient)
	}
	if got := strings.Join(upper, " "); got != sender {
		t.Errorf("the upper window shows %q, want %q", got, sender)
	}
	if at, found := strayInk(ink, above); found {
		t.Errorf("something that is no word of an address is printed at %.1f,%.1f pt", float64(at.X)*72/inkDPI, float64(at.Y)*72/inkDPI)
	}
}

func TestWindowsShowTheAddressesAndNothingElse(t *testing.T) {
	for _, c := range []struct {
		name             string
		logo, long, many bool
		languages        []string // "es" is English in front and Spanish behind
	}{
		{"plain", false, false, false, []string{"en", "es"}},
		{"with a logo and a long return address", true, true, false, []string{"es", "vi"}},
		{"over many pages", true, false, true, []string{"es"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := windowNight(t, c.logo, c.long, c.many)
			for _, language := range c.languages {
				letters := windowLetters(s, language)
				if c.many {
					letters = slices.DeleteFunc(letters, func(l LetterDue) bool { return l.Household.Key != "five lines" })
				}
				b := printLetters(t, s, letters...)
				keepPDF(t, strings.ReplaceAll("window-"+c.name+"-"+language+".pdf", " ", "-"), b.Bytes)
				pages, ink := wordsOn(t, b.Bytes), windowInk(t, b.Bytes)
				if len(pages) != b.Pages || len(ink) != b.Pages {
					t.Fatalf("%d pages read and %d drawn of %d", len(pages), len(ink), b.Pages)
				}
				for i, l := range b.Letters {
					t.Run(fmt.Sprint(letters[i].Letter.Kind, " ", language, " ", letters[i].Household.Key), func(t *testing.T) {
						checkLetterPages(t, s, l, &letters[i], pages[l.Page-1:][:l.Pages], ink[l.Page-1:][:l.Pages])
						if back := l.Page - 1 + l.Pages; back%2 == 1 && len(pages[back]) > 0 {
							t.Error("the blank back is not blank")
						}
					})
				}
			}
		})
	}
}

// checkLetterPages looks at all pages of a letter: the first of each language has
// the addresses, the others have nothing in the windows.
func checkLetterPages(t *testing.T, s *SchoolNight, l PrintedLetter, due *LetterDue, pages [][]word, ink []*image.Gray) {
	if l.Page%2 != 1 {
		t.Errorf("begins on page %d, which is a back", l.Page)
	}
	languages := 0
	for i, page := range pages {
		begins := slices.ContainsFunc(page, func(w word) bool { return w.Text == "Dear" || w.Text == "Estimada" })
		if begins {
			languages++
		} else {
			checkAddressPage(t, page, ink[i], "", "")
			continue
		}
		sender := cutTo(t, page, strings.Join(typefaces().returnLines(s), "\n"))
		checkAddressPage(t, page, ink[i], strings.Join(strings.Fields(recipientSeen(t, page, l.Recipient+" "+strings.ReplaceAll(l.Address, ", ", " "), due)), " "), sender)
	}
	if both := district.IsSpanish(due.Letter.Language); languages != 1 && !both || languages != 2 && both {
		t.Errorf("is in %d languages", languages)
	}
}

// linesIn are the words that lie in a box, line by line.
func linesIn(page []word, b box) []string {
	var lines []string
	y := -1.0
	for _, w := range page {
		switch {
		case !b.holds(w.box()):
		case len(lines) > 0 && w.YMin < y+1:
			lines[len(lines)-1] += " " + w.Text
		default:
			lines = append(lines, w.Text)
			y = w.YMin
		}
	}
	return lines
}

// cutTo gives whole as one line where the page has all of it; a line that is cut
// must say so, and begin as it should.
func cutTo(t *testing.T, page []word, whole string) string {
	want, got := strings.Split(whole, "\n"), linesIn(page, upperBox)
	if len(got) != len(want) {
		t.Fatalf("the return address has %d lines, want %d: %q", len(got), len(want), got)
	}
	for i := range want {
		if head, cut := strings.CutSuffix(got[i], "…"); cut && len(head) > 20 && strings.HasPrefix(want[i], head) {
			want[i] = got[i]
		}
	}
	return strings.Join(want, " ")
}

// recipientSeen holds the lines in the lower window against the household's
// address, letter by letter.
func recipientSeen(t *testing.T, page []word, manifest string, due *LetterDue) string {
	if due.Copy {
		return manifest
	}
	lines := linesIn(page, lowerBox)
	i := slices.IndexFunc(mailAddresses, func(a mailAddress) bool { return a.name == due.Household.Key })
	if i < 0 {
		return manifest
	}
	a := mailAddresses[i]
	seen := strings.Join(lines, " ")
	if len(lines) != a.lines || strings.Contains(seen, "…") != a.cut {
		t.Errorf("%d lines, want %d; cut where it should not be, or the other way round: %q", len(lines), a.lines, lines)
	}
	if a.cut {
		for _, line := range lines {
			if head, _ := strings.CutSuffix(line, "…"); !strings.Contains(manifest, head) {
				t.Errorf("line %q is not of %q", line, manifest)
			}
		}
		return seen
	}
	who := strings.Join(a.adults, " and ")
	if who == "" {
		who = "to the parent or guardian of Ana Flores"
	}
	squeeze := func(s string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(" .,#-", r) {
				return -1
			}
			return r
		}, strings.ToUpper(s))
	}
	if got, want := squeeze(seen), squeeze(who+a.at.Street+a.at.Unit+a.at.City+a.at.State+a.at.Zip); got != want {
		t.Errorf("the window shows %q, want %q", got, want)
	}
	return manifest
}

// The test of the test: what it is to find, it finds.
func TestStrayMarksInAWindowAreSeen(t *testing.T) {
	s, due := letterNight(intervention.SARTInvitation, "en")
	s.Night.District.Logo = logoPNG(t)
	for name, spoil := range map[string]func(*sheet){
		"a word":        func(p *sheet) { p.text(60, 40, 9, regular, black, "truancy") },
		"a line":        func(p *sheet) { p.line(20, 70, 30, 0.2, silver) },
		"the logo":      func(p *sheet) { p.image(60, 55, 11) },
		"a shaded area": func(p *sheet) { p.fill(120, 30, 40, 10, pale) },
		"a white word":  func(p *sheet) { p.text(60, 40, 9, regular, ink{255, 255, 255}, "truancy") },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPaper("Spoilt", &s.Night, portrait)
			p.logo = opaqueLogo(s.Night.District.Logo)
			sides, err := letterSides(s, loadWords(t), &due)
			if err != nil {
				t.Fatal(err)
			}
			p.letter(sides[0], true)
			spoil(p.pages[0])
			pdf, err := p.finish()
			if err != nil {
				t.Fatal(err)
			}
			var above []word
			for _, w := range wordsOn(t, pdf.Bytes)[0] {
				if upperBox.holds(w.box()) || lowerBox.holds(w.box()) {
					above = append(above, w)
				} else if w.YMin < belowFolds-0.1 {
					return
				}
			}
			if _, found := strayInk(windowInk(t, pdf.Bytes)[0], above); !found {
				t.Error("was not seen")
			}
		})
	}
}
