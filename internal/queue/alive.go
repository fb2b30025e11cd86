package queue

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"sync"
	"time"

	"github.com/riverqueue/river/rivertype"
)

// Where several machines share a PostgreSQL, each worker holds an advisory lock of the
// server under its own name for as long as it works. The server lets go of it when the
// worker's connection ends, however the worker did: whoever finds the lock free knows
// that the jobs under that name have nobody.

// attendEvery is how often a worker makes sure that it holds its lock.
const attendEvery = 10 * time.Second

// workerName is a name that no other worker has.
func workerName() (string, error) {
	var id [8]byte
	if _, err := rand.Read(id[:]); err != nil {
		return "", err
	}
	host, err := os.Hostname()
	if err != nil {
		host = "worker"
	}
	return fmt.Sprintf("%.60s-%s", host, hex.EncodeToString(id[:])), nil
}

// lockOf is the number of a worker's lock.
func lockOf(worker string) int64 {
	h := fnv.New64a()
	h.Write([]byte("rollcall worker " + worker))
	return int64(h.Sum64())
}

// presence is a worker's lock, on a connection of its own.
type presence struct {
	q      *Queue
	worker string
	serves bool // a schedule, which it says with a second lock
	conn   *sql.Conn
	lost   bool // the server
	taken  taken
}

// taken are the jobs that a worker has begun. Where the answer is lost in which the server
// gave it a job, the job is running under its name and nobody works it.
type taken struct {
	mu     sync.Mutex
	looks  int
	begun  map[try]int  // after which look
	unseen map[try]bool // at the last look, which may have been between the answer and the beginning
}

// try is one try of a job.
type try struct {
	id int64
	at time.Time // by the server's clock
}

func tryOf(job *rivertype.JobRow) (t try) {
	t.id = job.ID
	if job.AttemptedAt != nil {
		t.at = job.AttemptedAt.UTC()
	}
	return t
}

// Begin notes a job that is begun, for River.
func (t *taken) Begin(_ context.Context, job *rivertype.JobRow) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begun[tryOf(job)] = t.looks
	return nil
}

// lost are those of the jobs under a worker's name that it has not begun since the last look.
func (t *taken) lost(worker string, running []*rivertype.JobRow) (jobs []*rivertype.JobRow) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.looks++
	now, unseen := map[try]bool{}, map[try]bool{}
	for _, job := range running {
		this := tryOf(job)
		now[this] = true
		if _, begun := t.begun[this]; begun || workerOf(job) != worker {
			continue
		}
		if t.unseen[this] {
			jobs = append(jobs, job)
		}
		unseen[this] = true
	}
	t.unseen = unseen
	// One that was begun since the last look may have come after the jobs were listed.
	maps.DeleteFunc(t.begun, func(this try, look int) bool { return !now[this] && look < t.looks-1 })
	return jobs
}

// attend takes the lock.
func (q *Queue) attend(ctx context.Context, worker string, serves bool) (*presence, error) {
	p := &presence{q: q, worker: worker, serves: serves, taken: taken{begun: map[try]int{}}}
	return p, p.take(ctx)
}

func (p *presence) take(ctx context.Context) error {
	conn, err := p.q.db.Conn(ctx)
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, lockOf(p.worker))
	if err == nil && p.serves {
		_, err = conn.ExecContext(ctx, `SELECT pg_advisory_lock_shared($1)`, scheduleLock)
	}
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	p.conn = conn
	return nil
}

// keep holds on to the lock until ctx ends, over connections that break, and gives it
// back. Jobs that nobody works are taken back meanwhile; not right after the lock was
// lost, when others may be without theirs as well.
func (p *presence) keep(ctx context.Context) {
	attend, rescue := time.NewTicker(attendEvery), time.NewTicker(p.q.options.Rescue)
	defer attend.Stop()
	defer rescue.Stop()
	again := 0 // looks until the others have their locks again, too
	for {
		select {
		case <-ctx.Done():
			p.leave()
			return
		case <-attend.C:
			if again--; !p.held(ctx) {
				again = 2
			}
		case <-rescue.C:
			if !p.held(ctx) {
				again = 2
			}
			if again > 0 {
				continue
			}
			if n, err := p.q.reclaim(ctx, p); err != nil && ctx.Err() == nil {
				p.q.options.Log.Warn("look for jobs that nobody works", "error", err)
			} else if n > 0 {
				p.q.options.Log.Warn("jobs that nobody works are taken back", "jobs", n)
			}
		}
	}
}

// held reports whether the lock was still ours; where it was not it is taken again.
func (p *presence) held(ctx context.Context) bool {
	if p.conn != nil && p.conn.PingContext(ctx) == nil {
		return true
	}
	p.leave()
	switch err := p.take(ctx); {
	case ctx.Err() != nil:
	case err != nil && !p.lost:
		p.lost = true
		p.q.options.Log.Warn("the ledger's server does not answer; it is asked until it does", "error", err)
	case err == nil && p.lost:
		p.lost = false
		p.q.options.Log.Warn("the ledger's server answers again")
	}
	return false
}

func (p *presence) leave() {
	if p.conn == nil {
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	_, err := p.conn.ExecContext(ctx, `SELECT pg_advisory_unlock_all()`)
	if err := errors.Join(err, p.conn.Close()); err != nil {
		p.q.options.Log.Debug("a worker's lock ends with its connection", "error", err)
	}
	p.conn = nil
}

// reclaimLock is the number of the lock that whoever takes jobs back holds: of two at a
// time the second would take what a third has begun meanwhile.
var reclaimLock = lockOf("reclaim")

// alone does something while nobody else takes jobs back; not at all on a server that has
// started just now.
func (q *Queue) alone(ctx context.Context, do func(*sql.Conn) error) (err error) {
	conn, err := q.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	var young bool
	const age = `SELECT clock_timestamp() - pg_postmaster_start_time() < make_interval(secs => $1)`
	if err := conn.QueryRowContext(ctx, age, q.options.Settle.Seconds()).Scan(&young); err != nil || young {
		return err
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, reclaimLock); err != nil {
		return err
	}
	err = do(conn)
	_, freed := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, reclaimLock)
	return errors.Join(err, freed)
}

// workerOf is who took a job last.
func workerOf(job *rivertype.JobRow) string {
	if len(job.AttemptedBy) == 0 {
		return ""
	}
	return job.AttemptedBy[len(job.AttemptedBy)-1]
}

// abandoned are those of the running jobs whose worker is gone.
func abandoned(ctx context.Context, conn *sql.Conn, running []*rivertype.JobRow) (left []*rivertype.JobRow, err error) {
	gone := map[string]bool{}
	for _, job := range running {
		worker := workerOf(job)
		if worker == "" {
			continue
		}
		dead, known := gone[worker]
		if !known {
			if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, lockOf(worker)).Scan(&dead); err != nil {
				return nil, err
			}
			if dead {
				if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, lockOf(worker)); err != nil {
					return nil, err
				}
			}
			gone[worker] = dead
		}
		if dead {
			left = append(left, job)
		}
	}
	return left, nil
}
