package archtest

// module is what our own import paths begin with.
const module = "rollcall/"

// values are the packages that hold facts and decisions and touch nothing.
// An adapter may speak of them; that is all it may know of the rest.
var values = []string{"internal/district", "internal/attendance", "internal/intervention", "internal/night", "internal/mail"}

// layers is who may import whom: one row a package, or a folder of like
// packages (internal/source/*), with all of our own it may name. Packages whose
// name ends in "test" are support for tests: they may also import what they
// test, and only tests and their like import them.
var layers = []layer{
	// The rules, each standing on the one below.
	{"internal/district", nil},
	{"internal/attendance", []string{"internal/district"}},
	{"internal/intervention", []string{"internal/attendance", "internal/district"}},
	{"internal/night", []string{"internal/intervention", "internal/attendance", "internal/district"}},
	{"internal/mail", nil},

	// The products: words and bytes, without a file, a network or a clock.
	{"templates", []string{"internal/district"}},
	{"reports", []string{"templates", "internal/intervention", "internal/attendance", "internal/district", "internal/night"}},

	// The order of the night. It declares what it needs of the adapters.
	{"pipeline", append([]string{"reports", "templates"}, values...)},

	// The adapters: values only, never the pipeline, never each other. What the doors
	// to the student information systems hand out is judged in one place.
	{"internal/bundle", []string{"internal/district", "internal/hugepages"}},
	{"internal/source/*", append([]string{"internal/bundle", "internal/hugepages", "internal/database"}, values...)},
	{"internal/hugepages", nil},
	{"internal/ledger", append([]string{"internal/database"}, values...)},
	{"internal/queue", append([]string{"internal/database"}, values...)},
	{"internal/database", nil},
	{"internal/shelf", values},
	{"internal/shelf/bucket", append([]string{"internal/shelf"}, values...)},
	{"internal/inbox", nil},
	{"internal/metrics", values},
	{"internal/ping", nil},
	{"internal/mail/smtp", values},
	{"internal/mail/folder", values},
	{"internal/seal", values},
	{"internal/web", values},

	// Around them.
	{"internal/config", []string{"internal/source/aeries", "internal/bundle", "internal/intervention", "internal/attendance", "internal/district"}},
	{"internal/demo", []string{"internal/district"}},
	{"internal/archtest", nil},
	{"internal/tools/*", nil},
	{"cmd/*", []string{"*"}},
}

// homes is where each library lives: the packages whose code may name it, so
// that it can be replaced in one place. A library without a row is free, but for
// the packages in standardOnly.
var homes = []home{
	{"github.com/johnfercher/maroto", []string{"reports"}},
	{"github.com/phpdave11/gofpdf", []string{"reports"}},
	{"github.com/xuri/excelize", []string{"reports"}},
	{"github.com/pdfcpu/pdfcpu", []string{"internal/seal"}},
	{"github.com/jmoiron/sqlx", []string{"internal/ledger"}},
	{"github.com/jackc/pgx", []string{"internal/source/pgview"}},
	{"github.com/lib/pq", []string{"internal/ledger", "internal/source/pgview", "internal/database"}},
	{"modernc.org/sqlite", []string{"internal/database"}},
	{"github.com/pressly/goose", []string{"internal/ledger"}},
	{"github.com/riverqueue/river", []string{"internal/queue"}},
	{"github.com/robfig/cron", []string{"cmd/rollcall", "internal/queue"}},
	{"github.com/prometheus/client_golang", []string{"internal/metrics"}},
	{"github.com/minio/minio-go", []string{"internal/shelf/bucket"}},
	{"github.com/wneessen/go-mail", []string{"internal/mail", "internal/mail/smtp"}},
	{"github.com/expr-lang/expr", []string{"internal/intervention"}},
	{"github.com/teambition/rrule-go", []string{"internal/intervention"}},
	{"go.yaml.in/yaml", []string{"internal/config"}},
	{"github.com/alecthomas/kong", []string{"cmd/rollcall"}},
}

// standardOnly need nothing but the standard library, and the libraries named.
var standardOnly = []home{
	{"internal/district", nil},
	{"internal/attendance", nil},
	{"internal/night", nil},
	{"internal/intervention", []string{"github.com/expr-lang/expr", "github.com/teambition/rrule-go"}},
}

// pure packages touch no file, network, clock or chance: the same values in,
// the same bytes out. embed and the io/fs interface are values.
var pure = []string{"internal/district", "internal/attendance", "internal/intervention", "internal/night", "reports", "templates"}

var (
	impureImports = []string{"os", "os/exec", "os/signal", "os/user", "io/ioutil", "net", "net/http", "net/smtp", "math/rand", "math/rand/v2", "crypto/rand", "syscall"}
	impureTime    = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
)

// clockOwner is where time.Now may be called; everyone else is told the time.
const clockOwner = "cmd/"

// What the tree may hold.
var (
	folders = []string{"cmd", "pipeline", "templates", "reports", "internal"}
	hidden  = []string{".git", ".ci"}
)

// longestFile is in lines: past it a file is two ideas.
const longestFile = 500

// unfinished are the marks of work that is not done. (Split, so that this file
// passes its own test.)
var unfinished = []string{"TO" + "DO", "FIX" + "ME", "XX" + "X"}

// outside are words that point out of the project: folders of somebody's
// machine, and the hosts modules are fetched from.
var outside = []string{
	"/" + "work/", "/" + "root/", "/" + "home/",
	"proxy." + "golang.org", "sum." + "golang.org", "registry." + "npmjs.org", "pypi" + ".org", "static." + "crates.io",
}
