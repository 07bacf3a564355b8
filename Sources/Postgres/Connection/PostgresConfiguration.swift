public import Logging

/// How to reach a database.
///
/// The description shows the servers and never a password.
public struct PostgresConfiguration: Sendable {
    /// A connection string in any form that libpq reads: `postgresql://user@host1,host2/database?sslmode=verify-full`,
    /// `host=/run/postgresql dbname=dailies`, or an empty string for the `PG…` environment variables.
    public var connectionString: String

    /// The time limit for connecting: name lookups, all hosts, TLS and authentication together. Each of several hosts gets
    /// an equal share, so that a host that drops packets does not use up the time of the others. libpq's own `connect_timeout` is
    /// not used.
    public var connectTimeout: Duration

    /// What `pg_stat_activity` shows, unless the connection string or `PGAPPNAME` says otherwise.
    public var applicationName: String

    /// How long the server waits for the next statement of an open transaction. Then it rolls back and ends the session, so that a
    /// client that stands still, or has vanished without a word, holds its locks no longer. `nil` leaves it to the server's settings,
    /// which wait for ever by default.
    public var transactionIdleLimit: Duration?

    /// How long a statement waits for a lock of another session. Then it fails with ``SQLState/lockNotAvailable``. `nil` waits for ever. A
    /// transaction may set its own limit with `SET LOCAL lock_timeout`.
    public var lockLimit: Duration?

    /// How long the server may take to answer a statement; then the connection is given up as lost. Behind a proxy that keeps a dead
    /// connection open, nothing else tells that no answer will come. `nil` waits for ever.
    public var answerLimit: Duration?

    /// Whether a connection prepares the queries with a name that it is asked again: for programs whose queries take the server longer to
    /// plan than to run. Each is then planned once for all values, so none may be one that has to be planned for its own. Behind a pooler
    /// nothing is prepared, because the next query may meet another session.
    public var preparesStatements = false

    /// How long a server that was asked to stop a query may take, first to hear of it and then to stop. Tests shorten it.
    package var stopTimeout = Duration.seconds(5)

    /// Logs the server's notices (at debug level), lost connections and reconnects.
    public var logger: Logger

    public init(
        _ connectionString: String = "", connectTimeout: Duration = .seconds(10), applicationName: String = "dailies",
        logger: Logger = Logger(label: "dailies.postgres")
    ) {
        self.connectionString = connectionString
        self.connectTimeout = connectTimeout
        self.applicationName = applicationName
        self.logger = logger
    }

    /// The servers that the connection string names, as libpq reads it together with the environment.
    ///
    /// - Throws: ``PostgresError/Kind/connecting(target:reason:)`` when the connection string cannot be read.
    public var target: ConnectionTarget {
        get throws(PostgresError) { try ConnectionTarget(connectionString: connectionString) }
    }

    /// Settings that the connection string may change: a peer that vanished without a word is noticed within about half a minute
    /// instead of two hours. Milliseconds for `tcp_user_timeout`, seconds for the others.
    var defaults: [(keyword: String, value: String)] {
        [("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", "30000")]
    }

    /// Settings that this client depends on.
    var demands: [(keyword: String, value: String)] {
        [("client_encoding", "UTF8"), ("fallback_application_name", applicationName)]
    }
}

extension PostgresConfiguration: CustomStringConvertible, CustomReflectable {
    public var description: String {
        do { return try target.description } catch { return "unreadable connection string" }
    }

    /// Without children, so that `dump` shows no password either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
