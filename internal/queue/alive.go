package queue

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"time"

	"github.com/riverqueue/river/rivertype"
)

// Where several machines share a PostgreSQL, each worker holds an advisory lock of the
// server under its own name for as long as it works. The server lets go of it when the
// worker's connection ends, however the worker did: whoever finds the lock free knows
// that the jobs under that name have nobody.

// How often a worker makes sure that it holds its lock, and looks for jobs that
// nobody works.
const (
	attendEvery = 10 * time.Second
	rescueEvery = 20 * time.Second
)

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
	conn   *sql.Conn
}

// attend takes the lock.
func (q *Queue) attend(ctx context.Context, worker string) (*presence, error) {
	p := &presence{q: q, worker: worker}
	return p, p.take(ctx)
}

func (p *presence) take(ctx context.Context) error {
	conn, err := p.q.db.Conn(ctx)
	if err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, lockOf(p.worker)); err != nil {
		return errors.Join(err, conn.Close())
	}
	p.conn = conn
	return nil
}

// keep holds on to the lock until ctx ends, over connections that break, and gives it
// back. Jobs that nobody works are taken back meanwhile.
func (p *presence) keep(ctx context.Context) {
	attend, rescue := time.NewTicker(attendEvery), time.NewTicker(rescueEvery)
	defer attend.Stop()
	defer rescue.Stop()
	for {
		select {
		case <-ctx.Done():
			p.leave()
			return
		case <-attend.C:
			if p.conn != nil && p.conn.PingContext(ctx) == nil {
				continue
			}
			p.leave()
			if err := p.take(ctx); err != nil && ctx.Err() == nil {
				p.q.options.Log.Warn("the queue's worker cannot be seen to be alive", "error", err)
			}
		case <-rescue.C:
			if n, err := p.q.Reclaim(ctx); err != nil && ctx.Err() == nil {
				p.q.options.Log.Warn("look for jobs that nobody works", "error", err)
			} else if n > 0 {
				p.q.options.Log.Warn("jobs of a worker that died are taken back", "jobs", n)
			}
		}
	}
}

func (p *presence) leave() {
	if p.conn == nil {
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), 5*time.Second)
	defer stop()
	_, err := p.conn.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, lockOf(p.worker))
	if err := errors.Join(err, p.conn.Close()); err != nil {
		p.q.options.Log.Debug("a worker's lock ends with its connection", "error", err)
	}
	p.conn = nil
}

// abandoned are those of the running jobs whose worker is gone.
func (q *Queue) abandoned(ctx context.Context, running []*rivertype.JobRow) (left []*rivertype.JobRow, err error) {
	if len(running) == 0 {
		return nil, nil
	}
	conn, err := q.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	gone := map[string]bool{}
	for _, job := range running {
		if len(job.AttemptedBy) == 0 {
			continue
		}
		worker := job.AttemptedBy[len(job.AttemptedBy)-1]
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
