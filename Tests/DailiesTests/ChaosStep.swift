/// One thing that is done to a running product.
enum ChaosStep: Hashable, CustomStringConvertible {
    /// `kill -9` of a worker; another takes its place at once.
    case killWorker(Int)
    case killInspector(of: Int)
    case killForkServer(of: Int)
    /// Stops a worker until the next step, or until the other worker has rescued its jobs.
    case pauseWorker(Int, untilRescued: Bool)
    /// Some of the sessions of workers and whoever else is connected, each by the throw of a coin.
    case cutSessions(seed: UInt64)
    case killPostgres

    /// A sequence that a seed repeats, for a number of workers.
    static func sequence(_ count: Int, workers: Int, from random: inout some RandomNumberGenerator) -> [ChaosStep] {
        (0..<count).map { _ in
            let worker = Int.random(in: 0..<workers, using: &random)
            return switch Int.random(in: 0..<14, using: &random) {
            case 0...2: .killWorker(worker)
            case 3...5: .killInspector(of: worker)
            case 6...7: .killForkServer(of: worker)
            case 8: .pauseWorker(worker, untilRescued: false)
            case 9: .pauseWorker(worker, untilRescued: true)
            case 10...12: .cutSessions(seed: .random(in: 0...999, using: &random))
            default: .killPostgres
            }
        }
    }

    var description: String {
        switch self {
        case .killWorker(let worker): "kill worker \(worker)"
        case .killInspector(let worker): "kill an inspector of worker \(worker)"
        case .killForkServer(let worker): "kill the fork server of worker \(worker)"
        case .pauseWorker(let worker, let untilRescued): "pause worker \(worker)\(untilRescued ? " until its jobs are rescued" : "")"
        case .cutSessions(let seed): "cut sessions (\(seed))"
        case .killPostgres: "kill PostgreSQL"
        }
    }
}
