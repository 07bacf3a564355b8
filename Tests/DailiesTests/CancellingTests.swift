import Foundation
import Postgres
import TestSupport
import Testing

/// People who stop jobs that run, by the real commands.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct CancellingTests {
    @Test func `a running job that is cancelled stops its inspector within a second, and no other`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(30))
            // Stop requests are deleted once they are obeyed; their times are kept here.
            try await product.pool.withConnection { connection in
                try await connection.script(
                    """
                    CREATE TABLE public.wishes (job bigint, came_at timestamptz);
                    CREATE FUNCTION public.keep_wish() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
                    BEGIN
                        INSERT INTO public.wishes VALUES (NEW.job_id, clock_timestamp());
                        RETURN NULL;
                    END $$;
                    CREATE TRIGGER wishes_are_kept AFTER INSERT ON dailies.job_stops FOR EACH ROW EXECUTE FUNCTION public.keep_wish();
                    """)
            }
            try await product.withWorker(slots: 2) { worker in
                // One that has to stay untouched through all of it.
                let neighbour = try await worker.catchInspector()
                let running = try await product.pool.query("SELECT id FROM dailies.jobs WHERE state = 'running'", as: Int64.self)
                try await product.until("SELECT count(*) = 1 FROM dailies.jobs WHERE id = ANY (\(running)) AND state = 'running'")
                let itsJob: Int64 = try await product.value("SELECT id FROM dailies.jobs WHERE id = ANY (\(running))")
                var seconds: [Double] = []
                for _ in 1...5 {
                    let inspector = try await worker.catchInspector(besides: neighbour)
                    let job: Int64 = try await product.value("SELECT id FROM dailies.jobs WHERE state = 'running' AND id <> \(itsJob)")
                    async let command = product.run("jobs", "cancel", "\(job)", "--note", "not wanted")
                    try await until { ProcessTree.isGone(inspector) }
                    seconds.append(
                        try await product.value(
                            "SELECT extract(epoch FROM clock_timestamp() - came_at)::float8 FROM public.wishes WHERE job = \(job)"))
                    let ending = try await command
                    #expect(ending.code == 0, "\(ending.output)\(ending.error)")
                    let story = try await product.story(of: job)
                    #expect(story.job.status == "cancelled")
                    #expect(story.timeline.last?.error == "cancelled by hand: not wanted")
                }
                // Half of them, so that a machine that does something else for once decides nothing.
                #expect(seconds.sorted()[2] < 1, "\(seconds)")
                #expect(!ProcessTree.isGone(neighbour))
                kill(neighbour, SIGCONT)
                try await product.until("SELECT count(*) = 0 FROM dailies.jobs")
            }
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE outcome = 'cancelled'") == 5)
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE outcome = 'completed' AND attempt = 1") == 25)
            #expect(try await product.value("SELECT count(*) FROM dailies.review_records") == 25)
        }
    }
}
