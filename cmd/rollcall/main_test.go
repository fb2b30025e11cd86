package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"

	"rollcall/internal/database/databasetest"
	"rollcall/internal/mail/mailtest"
)

func TestMain(m *testing.M) {
	// A job that is given up has had its tries, without minutes between them.
	impatient := func(s *surroundings) { s.pauses = []time.Duration{50 * time.Millisecond, 100 * time.Millisecond} }
	elsewhere := func(s *surroundings) {
		if server := os.Getenv(ledgersEnv); server != "" {
			s.moved = onServer(server)
		}
	}
	testscript.Main(m, map[string]func(){"rollcall": func() { os.Exit(start(impatient, elsewhere)) }})
}

// TestScript runs whole nights as a user runs them: testdata/script/*.txt.
func TestScript(t *testing.T) {
	all, err := filepath.Glob("testdata/script/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	runScripts(t, "", all...)
}

// runScripts runs scripts with their ledgers in files, or on a server.
func runScripts(t *testing.T, server string, files ...string) {
	bundle, err := filepath.Abs("../../internal/source/csvdir/testdata/grandbend")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Files: files,
		Condition: func(name string) (bool, error) {
			if name != "embedded" {
				return false, fmt.Errorf("no condition is called %q", name)
			}
			return server == "", nil
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("GRANDBEND", bundle)
			// A terminal's colours and a person's configuration stay outside.
			e.Setenv("HOME", e.WorkDir)
			e.Setenv(ledgersEnv, server)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":       runForCode,
			"killat":     killAt,
			"same":       sameTree,
			"ledger":     sameLedger,
			"schema":     ageLedger,
			"staleclose": leaveClose,
			"lines":      countLines,
			"hash":       hashFile,
			"edit":       editFile,
			"append":     appendText,
			"drop":       dropLines,
			"smtp":       startSMTP,
			"inbox":      countInbox,
			"pdf":        checkPDF,
			"mode":       checkMode,
			"sheet":      printSheet,
			"fill":       fillIn,
			"hear":       hearPings,
			"postgres":   startPostgres,
			"views":      loadViews,
			"copy":       copyTown,
			"noledger":   noLedger,
			"bucket":     startBucket,
			"fetch":      fetchBucket,
			"await":      await,
		},
	})
}

// runForCode: code N rollcall ARGS… runs a command and wants its exit code.
func runForCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command [args…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// killAt: killat STAGE [N] rollcall ARGS… kills the command with SIGKILL as soon
// as its log tells of the N-th boundary of a stage, or of the last one, where a
// machine was so slow that several were passed at once. killat -INT asks it to stop
// instead, and wants exit code 130.
func killAt(ts *testscript.TestScript, neg bool, args []string) {
	sig := syscall.SIGKILL
	if args[0] == "-INT" {
		sig, args = syscall.SIGINT, args[1:]
	}
	stage, count := args[0], 1
	args = args[1:]
	if n, err := strconv.Atoi(args[0]); err == nil {
		count, args = n, args[1:]
	}
	path, err := exec.LookPath(filepath.Join(binDir(ts), args[0]))
	ts.Check(err)
	cmd := exec.Command(path, append(args[1:], "--log-format", "json", "--log-level", "debug")...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = []string{"HOME=" + ts.Getenv("HOME"), "PATH=" + ts.Getenv("PATH"), ledgersEnv + "=" + ts.Getenv(ledgersEnv)}
	stderr, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	killed := false
	lines := bufio.NewScanner(stderr)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var entry struct {
			Msg, Stage string
			Done, Of   int
		}
		if json.Unmarshal(lines.Bytes(), &entry) != nil || entry.Msg != "stage" || entry.Stage != stage {
			continue
		}
		if killed {
			continue
		}
		if count--; count == 0 || entry.Done == entry.Of {
			ts.Check(cmd.Process.Signal(sig))
			killed = true
		}
	}
	err = cmd.Wait()
	if !killed {
		ts.Fatalf("the night never told of stage %s: %v", stage, err)
	}
	if code := cmd.ProcessState.ExitCode(); sig == syscall.SIGINT && code != exitInterrupted {
		ts.Fatalf("interrupted at %s: exit code %d, want %d", stage, code, exitInterrupted)
	}
}

func binDir(ts *testscript.TestScript) string {
	first, _, _ := strings.Cut(ts.Getenv("PATH"), string(os.PathListSeparator))
	return first
}

// tree is every file under a folder with the digest of its bytes.
func tree(ts *testscript.TestScript, dir string) []string {
	var lines []string
	root := ts.MkAbs(dir)
	ts.Check(filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		// What a killed writer left half written stays for a while where machines share a
		// server.
		if err != nil || d.IsDir() || ts.Getenv(ledgersEnv) != "" && strings.HasPrefix(d.Name(), ".") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		lines = append(lines, fmt.Sprintf("%x %s", sha256.Sum256(data), rel))
		return err
	}))
	sort.Slice(lines, func(i, j int) bool { return lines[i][65:] < lines[j][65:] })
	return lines
}

// sameTree: same DIR DIR wants equal files with equal bytes.
func sameTree(ts *testscript.TestScript, neg bool, args []string) {
	a, b := strings.Join(tree(ts, args[0]), "\n"), strings.Join(tree(ts, args[1]), "\n")
	if (a == b) == neg {
		ts.Fatalf("%s:\n%s\n\n%s:\n%s", args[0], a, args[1], b)
	}
}

// countLines: lines N FILE wants a file of so many lines.
func countLines(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := strings.Count(ts.ReadFile(args[1]), "\n"); (got == want) == neg {
		ts.Fatalf("%s has %d lines, want %d", args[1], got, want)
	}
}

// hashFile: hash NAME FILE sets a variable to the SHA-256 of a file, in hex.
func hashFile(ts *testscript.TestScript, neg bool, args []string) {
	ts.Setenv(args[0], fmt.Sprintf("%x", sha256.Sum256([]byte(ts.ReadFile(args[1])))))
}

// editFile: edit FILE OLD NEW replaces text that must be there.
func editFile(ts *testscript.TestScript, neg bool, args []string) {
	text := ts.ReadFile(args[0])
	unescape := strings.NewReplacer(`\n`, "\n").Replace
	old := unescape(args[1])
	if !strings.Contains(text, old) {
		ts.Fatalf("%s has no %q", args[0], old)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, old, unescape(args[2]))), 0o600))
}

// appendText: append FILE TEXT adds text at the end.
func appendText(ts *testscript.TestScript, neg bool, args []string) {
	text := strings.ReplaceAll(args[1], `\n`, "\n")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(ts.ReadFile(args[0])+text), 0o600))
}

// dropLines: drop FILE TEXT takes out every line that holds a text.
func dropLines(ts *testscript.TestScript, neg bool, args []string) {
	lines := strings.SplitAfter(ts.ReadFile(args[0]), "\n")
	kept := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.Contains(line, args[1]) })
	if len(kept) == len(lines) {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(kept, "")), 0o600))
}

// checkPDF: pdf FILE… wants each to be a whole PDF.
func checkPDF(ts *testscript.TestScript, neg bool, args []string) {
	for _, pattern := range args {
		files, err := filepath.Glob(ts.MkAbs(pattern))
		ts.Check(err)
		if len(files) == 0 {
			ts.Fatalf("no file matches %s", pattern)
		}
		for _, file := range files {
			if out, err := exec.Command("qpdf", "--check", file).CombinedOutput(); err != nil {
				ts.Fatalf("%s: %v\n%s", file, err, out)
			}
		}
	}
}

// printSheet: sheet FILE NAME prints a workbook's sheet, a line a row, the lines
// of a cell joined by semicolons.
func printSheet(ts *testscript.TestScript, neg bool, args []string) {
	book, err := excelize.OpenFile(ts.MkAbs(args[0]))
	ts.Check(err)
	rows, err := book.GetRows(args[1])
	ts.Check(errors.Join(err, book.Close()))
	for _, row := range rows {
		fmt.Fprintln(ts.Stdout(), strings.ReplaceAll(strings.Join(row, " | "), "\n", "; "))
	}
}

// fillIn: fill FILE CASE COLUMN=VALUE… types into the row of a case of the Follow-up
// sheet, as text.
func fillIn(ts *testscript.TestScript, neg bool, args []string) {
	const sheet = "Follow-up"
	path := ts.MkAbs(args[0])
	book, err := excelize.OpenFile(path)
	ts.Check(err)
	rows, err := book.GetRows(sheet)
	ts.Check(err)
	row := slices.IndexFunc(rows, func(cells []string) bool { return len(cells) > 0 && cells[0] == args[1] })
	if row < 0 {
		ts.Fatalf("no case %s in %s", args[1], args[0])
	}
	for _, arg := range args[2:] {
		head, value, _ := strings.Cut(arg, "=")
		column := slices.Index(rows[1], head)
		cell, err := excelize.CoordinatesToCellName(column+1, row+1)
		ts.Check(errors.Join(err, book.SetCellStr(sheet, cell, value)))
	}
	ts.Check(errors.Join(book.Save(), book.Close()))
}

// startPostgres: postgres NAME… starts a PostgreSQL of the script's own, and sets a
// variable to the DSN of an empty database for each name.
func startPostgres(ts *testscript.TestScript, neg bool, args []string) {
	server, err := databasetest.Start()
	ts.Check(err)
	ts.Defer(func() { ts.Check(server.Stop()) })
	for _, name := range args {
		dsn, err := server.Create(strings.ToLower(name))
		ts.Check(err)
		ts.Setenv(name, dsn)
	}
}

// checkMode: mode DIR wants that nobody but the owner can read what is in it.
func checkMode(ts *testscript.TestScript, neg bool, args []string) {
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			return fmt.Errorf("%s has mode %s", path, info.Mode())
		}
		return err
	}))
}

// startSMTP: smtp CONFIG starts a real mail server on loopback and points a
// configuration at it.
func startSMTP(ts *testscript.TestScript, neg bool, args []string) {
	server, err := mailtest.Start(mailtest.Options{})
	ts.Check(err)
	ts.Defer(func() { ts.Check(server.Close()) })
	servers.Store(ts.Getenv("WORK"), server)
	editFile(ts, false, []string{args[0], "  transport: folder ", fmt.Sprintf("  transport: smtp\n  smtp: {host: 127.0.0.1, port: %d, tls: none}\n  # ", server.Port())})
	for _, address := range args[1:] {
		server.Refuse(address, 550)
	}
}

// countInbox: inbox N wants so many messages at the mail server, each with its
// own Message-ID.
func countInbox(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	ids := map[string]bool{}
	messages := serverOf(ts).Messages()
	for _, m := range messages {
		read, err := mail.ReadMessage(bytes.NewReader(m.Data))
		ts.Check(err)
		ids[read.Header.Get("Message-ID")] = true
	}
	if len(messages) != want || len(ids) != want {
		ts.Fatalf("%d messages with %d Message-IDs, want %d", len(messages), len(ids), want)
	}
}
