package main

import (
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"rollcall/pipeline"
)

// bars shows a night's progress on a terminal: planning, documents, mail.
// Elsewhere it shows nothing, and the log tells the same.
type bars struct {
	progress *mpb.Progress
	lines    map[pipeline.Name]*mpb.Bar
}

func newBars(s *surroundings) *bars {
	b := &bars{lines: map[pipeline.Name]*mpb.Bar{}}
	if s.terminal {
		b.progress = mpb.New(mpb.WithOutput(s.stderr), mpb.WithWidth(48))
	}
	return b
}

// titles are the stages that take long enough to watch, in plain words.
var titles = map[pipeline.Name]string{
	pipeline.CommitStage: "Deciding ", pipeline.RenderStage: "Documents", pipeline.DeliverStage: "Mail     ",
}

func (b *bars) watch(s pipeline.Step) {
	title, shown := titles[s.Stage]
	if b.progress == nil || !shown || s.Total == 0 {
		return
	}
	line := b.lines[s.Stage]
	if line == nil {
		line = b.progress.AddBar(int64(s.Total),
			mpb.PrependDecorators(decor.Name(title+"  ")),
			mpb.AppendDecorators(decor.CountersNoUnit("%d of %d schools")))
		b.lines[s.Stage] = line
	}
	line.SetCurrent(int64(s.Done))
}

// stop ends the bars where they are, before anything else is printed.
func (b *bars) stop() {
	if b.progress == nil {
		return
	}
	for _, line := range b.lines {
		if !line.Completed() {
			line.Abort(false)
		}
	}
	b.progress.Wait()
}
