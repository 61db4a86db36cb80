/* The life of one export: claim, lease, publish, settle, adopt, and what may go wrong between.
 *
 *   caller ──▶ row ◀── claim, settle, recover ── dispatchers ── publish, discard ──▶ storage
 *               ▲                                    ▲                                  ▲
 *               └── failover, lost answers           └── kill, lapse of the lease       └── power cut, sweep
 *
 * The row is one of report_export_jobs, and a change of it is one statement of sql/functions. A Host is a dispatcher and
 * its child. Whatever goes wrong has a budget, so that each run comes to an end, in which the export has ended as well.
 *
 * With one of these words defined the protocol is another one, and an assertion fails:
 *
 *   NO_TOKEN   a change asks for the row's state alone, and files are named by the epoch
 *   AGE_RULE   a job that runs for long is taken over, and its host settles when it believes its claim to be young
 *   LATE_NAME  the row is ready before the file has its name
 *   NO_SYNC    the row is ready before the file's name is on the disk
 */

#define CLAIMS 3               /* that can be made */
#define DISPATCHERS 3          /* of two hosts; the third takes the place of one that was killed */
#ifdef SMALL                   /* a tenth of the states, for the tests */
#define LAPSES 1
#define BREAKS 0
#else
#define LAPSES 2
#define BREAKS 1
#endif
#define MOST_LOSSES (LAPSES + 1)   /* lose_claim has 20 */

mtype = { pending, processing, ready, cancelled, failed };
mtype = { claim, finish, retry, fail, release, recover, lose, cancel };
mtype = { absent, unfinished, named, durable };

typedef Row {
    mtype state;
    byte token;                /* of the claim, 0 without one; drawn anew for each, whatever the database forgets */
    byte epoch;                /* counts the claims, and can come again after a failover */
    byte worker;
    byte path;                 /* the name of the file */
    byte losses;
    byte claimed               /* the claim that the row has or had last; the protocol does not look at it */
};
Row row, standby;              /* the standby is one commit behind, or has them all */
bool isReplicated = true;

mtype file[CLAIMS + 1] = absent;
byte writer[CLAIMS + 1];       /* the claim whose bytes a file has */

mtype = { alive, over, ended };
mtype lease[DISPATCHERS + 1] = ended;
byte issued, dispatchers = 2, faults, working;
byte kills = 1, lapses = LAPSES, breaks = BREAKS, failures = 1, failovers = 1, cuts = 1, cancels = 1;

#define ENDED (row.state == ready || row.state == cancelled || row.state == failed)

#ifdef NO_TOKEN
#define NAME epoch
#define ROW_NAME row.epoch
#else
#define NAME mine
#define ROW_NAME row.token
#endif
#if defined(NO_TOKEN) || defined(AGE_RULE)
/* A host looks at its clock before it settles, and can stand still after that. */
#define HELD (row.state == processing)
#else
#define HELD (row.state == processing && row.token == mine)
#endif

/* Which changes of the state there are, each once: the projection that event logs are held against. */
c_decl { static unsigned char seen[64][64][64]; }
c_code {
    static void note(int event, int from, int to) {
        if (!seen[event][from][to]++) printf("transition %d %d %d\n", event, from, to);
    }
}
mtype event, from;

inline change(what, to) {
    standby.state = row.state; standby.token = row.token; standby.epoch = row.epoch; standby.worker = row.worker;
    standby.path = row.path; standby.losses = row.losses; standby.claimed = row.claimed;
    isReplicated = false;
    event = what; from = row.state; row.state = to;
    c_code { note(now.event, now.from, now.row.state); };
    event = 0; from = 0
}
inline unclaim() { row.token = 0; row.worker = 0 }
inline discard() { file[NAME] = absent; writer[NAME] = 0 }
/* An attempt changes the row of its own claim only. */
#define OWN assert(row.claimed == mine)

proctype Host(byte me) {
    byte mine, epoch;
end_free:
    do
    :: atomic { row.state == pending && issued < CLAIMS && lease[me] == alive ->
            issued++;
            change(claim, processing);
            row.token = issued; row.worker = me; row.epoch++; row.claimed = issued;
            if
            :: mine = issued; epoch = row.epoch; working++; goto writing
            :: breaks > 0 -> breaks--                       /* the answer is lost */
            fi
       }
    /* release_unknown_claims, after each new connection */
    :: atomic { row.state == processing && row.worker == me && lease[me] == alive -> change(release, pending); unclaim() }
    /* recover_jobs */
#ifdef AGE_RULE
    :: atomic { row.state == processing && row.worker != me ->
#else
    :: atomic { row.state == processing && lease[row.worker] != alive ->
#endif
            if
            :: row.losses + 1 < MOST_LOSSES -> change(recover, pending)
            :: else -> change(lose, failed); assert(faults >= MOST_LOSSES)
            fi;
            row.losses++; unclaim()
       }
    :: atomic { ENDED && isReplicated -> goto gone }
    od;

writing:
    atomic { if
        :: file[NAME] == absent -> file[NAME] = unfinished; writer[NAME] = mine
        :: else -> goto failing                             /* O_EXCL */
        :: kills > 0 -> kills--; goto killed
        fi };
#ifdef LATE_NAME
    goto settling;
#endif
naming:
    atomic { if
        :: file[NAME] == unfinished -> file[NAME] = named
        :: file[NAME] != unfinished || failures > 0 -> goto failing
        :: kills > 0 -> kills--; goto killed
        fi };
#ifndef NO_SYNC
    atomic { if
        :: file[NAME] == named -> file[NAME] = durable
        :: else -> goto failing
        :: kills > 0 -> kills--; goto killed
        fi };
#endif

settling:                                                   /* finish_job, until it is answered */
    atomic { if
        :: HELD -> OWN; change(finish, ready); row.path = NAME; unclaim();
            if
            :: goto settled
            :: breaks > 0 -> breaks--; goto settling
            fi
        :: !HELD && row.state == ready && row.path == NAME -> goto settled
        :: !HELD && !(row.state == ready && row.path == NAME) -> discard(); goto settled
        :: kills > 0 -> kills--; goto killed
        fi };

failing:                                                    /* retry_job, fail_job, release_job */
    atomic { discard();
        if
        :: HELD && failures > 0 -> OWN; failures--; if :: change(retry, pending) :: change(fail, failed) fi; unclaim()
        :: HELD && failures == 0 -> OWN; change(release, pending); unclaim()
        :: !HELD
        fi };

settled:
#ifdef LATE_NAME
    atomic { if :: file[NAME] == unfinished -> file[NAME] = named :: else fi };
#endif
    atomic { mine = 0; epoch = 0; working--; goto end_free };

killed:                                 /* the next dispatcher of the host ends the lease (end_lease); the children are gone */
    atomic { faults++; lease[me] = ended; dispatchers++; me = dispatchers; lease[me] = alive;
        mine = 0; epoch = 0; working--; goto end_free };
gone:
    skip
}

#define IS_ORPHAN(n) (isReplicated && file[n] != absent && !(row.state == ready && row.path == n) \
    && !(row.state == processing && ROW_NAME == n))

/* Callers, clocks, the databases' and the storage's servers, the housekeeper. */
proctype World() {
    byte n;
end:
    do
    :: atomic { cancels > 0 && (row.state == pending || row.state == processing) ->
            cancels--; change(cancel, cancelled); unclaim() }
    /* A host is cut off or stands still, and its lease is over. It may not know. */
    :: atomic { lapses > 0 && working > 0 && lease[1] == alive -> lapses--; faults++; lease[1] = over }
    :: atomic { lapses > 0 && working > 0 && lease[2] == alive -> lapses--; faults++; lease[2] = over }
    /* renew_lease: it is back, with what it holds. */
    :: atomic { lease[1] == over -> lease[1] = alive }
    :: atomic { lease[2] == over -> lease[2] = alive }
    :: atomic { !isReplicated -> isReplicated = true }
    :: atomic { !isReplicated && failovers > 0 ->
            failovers--; isReplicated = true;
            row.state = standby.state; row.token = standby.token; row.epoch = standby.epoch;
            row.worker = standby.worker; row.path = standby.path; row.losses = standby.losses;
            row.claimed = standby.claimed }
    /* What is not on the disk is gone. */
    :: atomic { cuts > 0 ->
            cuts--;
            for (n : 1 .. CLAIMS) { if :: file[n] == named -> file[n] = absent :: else fi };
            n = 0 }
    /* The sweep takes old files that no row has; commits of that age have reached the standby. */
    :: atomic { IS_ORPHAN(1) -> file[1] = absent; writer[1] = 0 }
    :: atomic { IS_ORPHAN(2) -> file[2] = absent; writer[2] = 0 }
    :: atomic { IS_ORPHAN(3) -> file[3] = absent; writer[3] = 0 }
    od
}

/* A ready export has its whole file, of the attempt that finished it; in the end the export has ended, and there is no
 * other file. */
proctype Verdict() {
    byte n;
    do
    :: atomic { row.state == ready && !((file[row.path] == named || file[row.path] == durable)
            && writer[row.path] == row.claimed) -> assert(false) }
    :: atomic { timeout ->
            assert(working == 0 && (ENDED || (row.state == pending && issued == CLAIMS)));
            for (n : 1 .. CLAIMS) { assert(file[n] == absent || (row.state == ready && row.path == n)) };
            break }
    od
}

init {
    atomic {
        row.state = pending; standby.state = pending;
        lease[1] = alive; lease[2] = alive;
        run Host(1); run Host(2); run World(); run Verdict()
    }
}
