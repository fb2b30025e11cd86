package main

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rollcall/internal/database/databasetest"
	"rollcall/internal/mail/mailtest"
)

// The storm: one night on a shared server, worked by several processes of which one or
// another is killed a hundred times, the server's power cut once, the mail server away
// for a while.
const (
	stormKills   = 100
	stormWorkers = 3
	powerCutAt   = 40
	mailAwayFrom = 50
	mailAwayTo   = 75
	stormPause   = 160 * time.Millisecond // between two kills, on average
)

// districtOf is a town with its own export and ledger on a server, its own shelf and mailbox.
type districtOf struct {
	t       testing.TB
	program string
	dir     string
	dsn     string
	server  *mailtest.Server
}

func TestANightInAStormIsTheNightOfAnyOther(t *testing.T) {
	cluster := startCluster(t)
	town := func(name string) *districtOf { return newDistrict(t, "rollcall", cluster, name, "2400", "36") }
	calm, storm := town("calm"), town("storm")
	calm.finish()
	kills := storm.rage(cluster, len(calm.shelf()))
	made, sent := len(storm.remembered(`SELECT path FROM documents`)), len(storm.remembered(`SELECT message_id FROM deliveries WHERE sent_at IS NOT NULL`))
	storm.finish()
	if kills < stormKills {
		t.Errorf("the night was over after %d kills; it is to last for %d", kills, stormKills)
	}
	for _, query := range remembers {
		if diff := cmp.Diff(calm.remembered(query), storm.remembered(query)); diff != "" {
			t.Errorf("%s\n%s", query, diff)
		}
	}
	for what, query := range never {
		if found := storm.remembered(query); len(found) > 0 {
			t.Errorf("%s: %s", what, strings.Join(found, "; "))
		}
	}
	if diff := cmp.Diff(calm.shelf(), storm.shelf()); diff != "" {
		t.Errorf("shelf: %s", diff)
	}
	want, _ := calm.mailbox()
	got, twice := storm.mailbox()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mail: %s", diff)
	}
	t.Logf("%d kills, a power cut, the mail server away: %d documents and %d messages as in a calm night, %d and %d of them made in the storm; %d messages came twice, with the same Message-ID",
		kills, len(storm.shelf()), len(got), made, sent, twice)
}

func newDistrict(t testing.TB, program string, cluster *databasetest.Cluster, name, students, schools string) *districtOf {
	t.Helper()
	d := &districtOf{t: t, program: program, dir: filepath.Join(t.TempDir(), "town")}
	var err error
	if d.dsn, err = cluster.Create(name); err != nil {
		t.Fatal(err)
	}
	if d.server, err = mailtest.Start(mailtest.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.server.Close() })
	if out, err := exec.Command(program, "demo", d.dir, "--students", students, "--schools", schools).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	path := filepath.Join(d.dir, "rollcall.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	loadBundle(t, d.dsn, filepath.Join(d.dir, "bundle"))
	for old, new := range map[string]string{
		"  kind: csvdir ":      "  kind: pgview # ",
		"  path: bundle\n":     "  dsn: " + d.dsn + "\n",
		"  driver: sqlite":     "  driver: postgres",
		"  path: rollcall.db":  "  dsn: " + d.dsn,
		"  transport: folder ": fmt.Sprintf("  transport: smtp\n  smtp: {host: 127.0.0.1, port: %d, tls: none}\n  # ", d.server.Port()),
	} {
		if !bytes.Contains(text, []byte(old)) {
			t.Fatalf("the configuration has no %q", old)
		}
		text = bytes.Replace(text, []byte(old), []byte(new), 1)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *districtOf) command(args ...string) *exec.Cmd {
	c := exec.Command(d.program, append(args, "--config", filepath.Join(d.dir, "rollcall.yaml"), "--log-level", "error")...)
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return c
}

func (d *districtOf) nightly() *exec.Cmd { return d.command("nightly", "-q", "--as-of", "2025-10-15") }

// finish runs the night until it is done and all its mail is out.
func (d *districtOf) finish() {
	d.t.Helper()
	for try := 0; ; try++ {
		out, _ := d.nightly().CombinedOutput()
		if len(d.remembered(`SELECT id FROM runs WHERE finished_at IS NOT NULL`)) == 1 && len(d.remembered(never["a message that was not sent"])) == 0 {
			return
		}
		if try == 5 {
			d.t.Fatalf("the night does not end: %s", out)
		}
	}
}

// process is one that is started again whenever it is gone.
type process struct {
	make  func() *exec.Cmd
	cmd   *exec.Cmd
	ended chan struct{}
}

func (p *process) start() error {
	p.cmd, p.ended = p.make(), make(chan struct{})
	if err := p.cmd.Start(); err != nil {
		return err
	}
	cmd, ended := p.cmd, p.ended
	go func() { _ = cmd.Wait(); close(ended) }()
	return nil
}

func (p *process) running() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// rage kills until it has killed often enough, or the night was done. total is how many
// documents the night has.
func (d *districtOf) rage(cluster *databasetest.Cluster, total int) (kills int) {
	d.t.Helper()
	processes := []*process{{make: d.nightly}}
	for range stormWorkers {
		processes = append(processes, &process{make: func() *exec.Cmd { return d.command("worker") }})
	}
	for _, p := range processes {
		if err := p.start(); err != nil {
			d.t.Fatal(err)
		}
	}
	defer func() {
		for _, p := range processes {
			_ = p.cmd.Process.Kill()
			<-p.ended
		}
	}()
	random := rand.New(rand.NewPCG(1, 2))
	cut := false
	for kills < stormKills {
		// Where the night gets on faster than the kills, they come faster: on any machine
		// it is to meet most of them before it is done.
		pause := random.ExpFloat64() * float64(stormPause)
		if made := len(d.tryRemembered(`SELECT path FROM documents`)); made*stormKills > kills*total {
			pause /= 4
		}
		time.Sleep(time.Duration(pause))
		victim := processes[random.IntN(len(processes))]
		if victim.running() {
			if err := victim.cmd.Process.Kill(); err != nil {
				d.t.Fatal(err)
			}
			kills++
		}
		<-victim.ended
		if kills >= powerCutAt && !cut {
			if err := cluster.Restart(); err != nil {
				d.t.Fatal(err)
			}
			cut = true
		}
		switch kills {
		case mailAwayFrom:
			d.server.Away(true)
		case mailAwayTo:
			d.server.Away(false)
		}
		for _, p := range processes {
			if p.running() {
				continue
			}
			// A process that ended by itself found the server away, or the night done.
			if len(d.tryRemembered(`SELECT id FROM runs WHERE finished_at IS NOT NULL`)) > 0 {
				return kills
			}
			if err := p.start(); err != nil {
				d.t.Fatal(err)
			}
		}
	}
	return kills
}

func (d *districtOf) tryRemembered(query string) []string {
	out, err := queryRows("postgres", d.dsn, query, d.dir)
	if err != nil {
		return nil
	}
	return out
}

func (d *districtOf) remembered(query string) []string {
	d.t.Helper()
	out, err := queryRows("postgres", d.dsn, query, d.dir)
	if err != nil {
		d.t.Fatalf("%v in %s", err, query)
	}
	return out
}

// shelf is the documents' digests by path.
func (d *districtOf) shelf() map[string]string {
	d.t.Helper()
	found := map[string]string{}
	root := filepath.Join(d.dir, "out")
	if err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		// What a killed writer left half written begins with a full stop, and is swept later.
		if err != nil || entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		found[name] = fmt.Sprintf("%x", sha256.Sum256(text))
		return err
	}); err != nil {
		d.t.Fatal(err)
	}
	return found
}

// mailbox is what came, by Message-ID, and how many came twice or more often.
func (d *districtOf) mailbox() (ids []string, twice int) {
	d.t.Helper()
	bodies := map[string]string{}
	for _, m := range d.server.Messages() {
		read, err := mail.ReadMessage(bytes.NewReader(m.Data))
		if err != nil {
			d.t.Fatal(err)
		}
		id, subject := read.Header.Get("Message-ID"), read.Header.Get("Subject")+" to "+read.Header.Get("To")
		if was, again := bodies[id]; again {
			twice++
			if was != subject {
				d.t.Errorf("two messages have the ID %s", id)
			}
		}
		bodies[id] = subject
	}
	for id := range bodies {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids, twice
}

// queryRows are a query's rows as text, without the place on this machine.
func queryRows(driver, dsn, query, place string) ([]string, error) {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	result, err := db.Query(query)
	if err != nil {
		return nil, err
	}
	defer result.Close()
	columns, err := result.Columns()
	if err != nil {
		return nil, err
	}
	var out []string
	for result.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := result.Scan(into...); err != nil {
			return nil, err
		}
		cells := make([]string, len(values))
		for i, v := range values {
			cells[i] = strings.ReplaceAll(fmt.Sprint(v), place, ".")
		}
		out = append(out, strings.Join(cells, " | "))
	}
	return out, result.Err()
}
