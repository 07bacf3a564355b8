import Foundation
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing
import Yams

@testable import Dailies

/// The image, the compose file and the manifests in `deploy`: nothing here builds an image or runs a cluster, so what can be known without is
/// held against the product: programs, commands, variables, ports, files, accounts and queries.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct DeploymentFilesTests {
    typealias Object = [String: Any]

    private static let folder = Fixtures.project.appending("deploy")

    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: folder.appending(path).string, encoding: .utf8)
    }

    static func documents(_ path: String) throws -> [Object] {
        try Yams.load_all(yaml: text(path)).compactMap { $0 as? Object }
    }

    private static let manifests = ["namespace", "storage", "migrate", "worker", "site", "network"].map { "kubernetes/\($0).yaml" }

    private static func objects() throws -> [Object] {
        try (manifests + ["kubernetes/keda.yaml"]).flatMap(documents)
    }

    /// Everything below a key of that name, wherever.
    private static func all(_ key: String, in value: Any) -> [Any] {
        if let object = value as? Object { return object.flatMap { [$0.key == key ? [$0.value] : [], all(key, in: $0.value)].joined() } }
        return (value as? [Any])?.flatMap { all(key, in: $0) } ?? []
    }

    static func at(_ path: String..., in object: Any?) -> Any? {
        path.reduce(object) { ($0 as? Object)?[$1] }
    }

    private func run(_ program: String, _ arguments: [String], _ variables: [Environment.Key: String] = [:]) async throws -> (
        isFine: Bool, said: String
    ) {
        let result = try await Subprocess.run(
            program.hasPrefix("/") ? .path(FilePath(program)) : .name(program), arguments: Arguments(arguments),
            environment: .custom(Product.variables.merging(variables) { $1 }),
            input: .none,
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return (result.terminationStatus.isSuccess, result.standardOutput + result.standardError)
    }

    // The program

    @Test func `every variable and every command that a file of deploy names is one of the product's`() async throws {
        var help = ""
        for command in ["work", "serve", "migrate"] { help += try await run(Product.program.string, [command, "--help"]).said }
        help = help.split { $0.isWhitespace }.joined(separator: " ")
        let files = ["docker/Dockerfile", "docker/compose.yaml", "systemd/dailies-worker.service", "systemd/dailies-site.service"]
        for file in files + ["systemd/dailies-migrate.service"] + Self.manifests {
            let text = try Self.text(file)
            for variable in text.matches(of: /\bDAILIES_[A-Z_]+/).map({ String($0.output) }) {
                #expect(help.contains("(env: \(variable))"), "\(file) sets \(variable), which no command reads")
            }
            let commands =
                text.matches(of: /(?:args|command): \[([a-z]+)/).map { String($0.output.1) }
                + text.matches(of: /ExecStart=\/usr\/bin\/dailies ([a-z]+)/).map { String($0.output.1) }
                + text.matches(of: /CMD \["([a-z]+)"/).map { String($0.output.1) }
            for command in commands {
                let said = try await run(Product.program.string, ["help", command]).said
                #expect(said.contains("USAGE: dailies \(command)"), "\(file)")
            }
        }
    }

    private static let isImagesDebian: Bool = {
        let release = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8))?.firstMatch(of: /VERSION_CODENAME=([a-z]+)/)
        let base = (try? text("docker/Dockerfile"))?.firstMatch(of: /FROM swift:[0-9.]+-([a-z]+)-slim/)
        return release?.output.1 == base?.output.1 && base != nil
    }()

    @Test(.enabled(if: isImagesDebian, "another release of Debian than the image's has its libraries in other packages"))
    func `the image has every library that the programs load`() async throws {
        let file = try Self.text("docker/Dockerfile")
        let packages = Set(file.matches(of: /install -y --no-install-recommends ([a-z0-9 -]+)/).last?.output.1.split(separator: " ") ?? [])
        for program in ["dailies", "dailies-inspector"] {
            let path = try Product.program.removingLastComponent().appending(program).string
            for line in try await run("readelf", ["-d", path]).said.split(separator: "\n") where line.contains("(NEEDED)") {
                // Swift's own, and what its image is made of.
                guard let library = line.firstMatch(of: /\[(lib(?:pq|av|sw[rs]|seccomp)[a-z]*)\.so\.(\d+)\]/) else { continue }
                let package = "\(library.output.1)\(library.output.2)"
                #expect(packages.contains(Substring(package)), "\(program) loads \(package)")
            }
        }
    }

    @Test func `everything that the image copies is there, and its user is the manifests'`() throws {
        let file = try Self.text("docker/Dockerfile")
        for line in file.split(separator: "\n") where line.hasPrefix("COPY ") && !line.contains("--from") {
            let source = line.split(separator: " ")[1]
            #expect(FileManager.default.fileExists(atPath: "\(Fixtures.project)/\(source)"), "\(source)")
        }
        let number = try #require(file.firstMatch(of: /USER (\d+):/)).output.1
        #expect(number != "0" && file.contains("--uid \(number)"))
        for pod in Self.all("runAsUser", in: try Self.objects()) { #expect("\(pod)" == number) }
    }

    @Test func `a bucket's keys come as secrets to those who work with it, and to nobody else`() async throws {
        let keys: [Environment.Key: String] = [
            "AWS_ACCESS_KEY_ID": "the-key", "AWS_SECRET_ACCESS_KEY": "the-secret", "STORAGE": "s3://answers",
        ]
        let file = Self.folder.appending("docker/compose.yaml").string
        let words = ["-f", file, "--profile", "operator", "config"]
        let read = try await run("docker-compose", words, keys.merging(Self.passwords) { $1 })
        let services = try #require(Self.at("services", in: try Yams.load(yaml: read.said)) as? [String: Object], "\(read.said)")
        for (name, service) in services {
            let given = service["environment"] as? [String: String?] ?? [:]
            let isToHaveThem = ["worker", "site", "operator"].contains(name)
            #expect((given["AWS_SECRET_ACCESS_KEY"] == "the-secret") == isToHaveThem, "\(name)")
            #expect((given["DAILIES_STORAGE"] == "s3://answers") == isToHaveThem, "\(name)")
        }
        for name in ["worker", "site", "migrate"] {
            let pod = try Self.documents("kubernetes/\(name).yaml")
            let secrets = Self.all("secretRef", in: pod).compactMap { Self.at("name", in: $0) as? String }
            #expect(secrets == (name == "migrate" ? [] : ["dailies-bucket"]), "\(name)")
            // systemd alone reads it, and gives the unit's processes what it says.
            #expect(try Self.text("systemd/dailies-\(name).service").contains("\nEnvironmentFile=/etc/dailies/\(name).env\n"))
        }
    }

    // Docker

    private static let passwords: [Environment.Key: String] = [
        "POSTGRES_PASSWORD": "secret", "MIGRATION_PASSWORD": "secret", "WORKER_PASSWORD": "secret", "SITE_PASSWORD": "secret",
        "OPERATOR_PASSWORD": "secret",
    ]

    @Test func `docker-compose reads the compose file, whose files are there and whose services are confined`() async throws {
        let file = Self.folder.appending("docker/compose.yaml").string
        let read = try await run("docker-compose", ["-f", file, "config"], Self.passwords)
        #expect(read.isFine, "\(read.said)")
        let without = try await run("docker-compose", ["-f", file, "config"])
        #expect(!without.isFine && without.said.contains("set it in .env"), "no password has a default")
        let services = try #require(Self.at("services", in: try Self.documents("docker/compose.yaml").first) as? [String: Object])
        for (name, service) in services where service["image"] as? String == "dailies" {
            #expect(service["read_only"] as? Bool == true, "\(name)")
            #expect(service["cap_drop"] as? [String] == ["ALL"], "\(name)")
            #expect((service["security_opt"] as? [String])?.contains("no-new-privileges:true") == true, "\(name)")
        }
        for volume in Self.all("volumes", in: services).compactMap({ $0 as? [String] }).joined() where volume.hasPrefix(".") {
            let path = "\(Self.folder)/docker/\(volume.split(separator: ":")[0])"
            #expect(FileManager.default.fileExists(atPath: path), "\(path)")
        }
    }

    @Test func `the files of Docker and Kubernetes name the proxies in front of the site, which takes what they name`() async throws {
        let file = Self.folder.appending("docker/compose.yaml").string
        let read = try await run("docker-compose", ["-f", file, "config"], Self.passwords)
        let services = Self.at("services", in: try Yams.load(yaml: read.said))
        let compose = Self.at("site", "environment", "DAILIES_TRUSTED_PROXIES", in: services) as? String
        let variables = Self.all("env", in: try Self.documents("kubernetes/site.yaml")).compactMap { $0 as? [Object] }.joined()
        let kubernetes = variables.first { $0["name"] as? String == "DAILIES_TRUSTED_PROXIES" }?["value"] as? String
        for named in [compose, kubernetes] {
            let environment = ["DAILIES_TRUSTED_PROXIES": try #require(named)]
            let reader = try await SettingsReader(flags: [:], environment: environment, file: nil)
            let settings = try Settings(reader: reader, environment: environment, isRoot: false, cores: 1)
            #expect(settings.site.trustedProxies?.value == named)
        }
        // Those who are believed about addresses are the only ones who may connect.
        let site = try Self.documents("kubernetes/network.yaml").first { Self.at("metadata", "name", in: $0) as? String == "dailies-site" }
        let rules = try #require(Self.at("spec", "ingress", in: site) as? [Object])
        #expect(!rules.isEmpty && rules.allSatisfy { ($0["from"] as? [Any])?.isEmpty == false })
    }

    @Test func `the accounts of the compose file are made with their passwords`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let target = try PostgresConfiguration(conninfo).target
            let made = try await run(
                Self.folder.appending("docker/accounts.sh").string, [],
                [
                    "PGHOST": try #require(target.hosts.first), "PGPORT": target.ports.first ?? "5432",
                    "POSTGRES_USER": try #require(target.user), "POSTGRES_DB": try #require(target.database),
                    "ROLES_FILE": Self.folder.appending("database-roles.sql").string, "INTAKE_PASSWORD": "it's a secret",
                ])
            #expect(made.isFine, "\(made.said)")
            let known = try await PSQL.run(
                "SELECT rolname FROM pg_authid WHERE rolname LIKE 'dailies\\_%' AND rolpassword LIKE 'SCRAM-SHA-256%'", on: conninfo)
            #expect(known == "dailies_intake")
        }
    }

    // Kubernetes

    @Test func `Kubernetes' own schemas find no fault with the manifests`() async throws {
        let validator = Fixtures.project.appending(".build/kubernetes-validate/bin/kubernetes-validate").string
        let files = Self.manifests.map { Self.folder.appending($0).string }
        let validated = try await run(validator, ["--strict"] + files)
        #expect(validated.isFine, "\(validated.said)")
        try await TemporaryFolder.with { folder in
            let mistaken = folder.appending("worker.yaml").string
            try Self.text("kubernetes/worker.yaml").replacing("terminationGracePeriodSeconds", with: "gracePeriodSeconds")
                .write(toFile: mistaken, atomically: true, encoding: .utf8)
            let seen = try await run(validator, ["--strict", mistaken])
            #expect(!seen.isFine, "it sees a mistake")
        }
    }

    @Test func `each pod may do what the pod security standard "restricted" allows, and is asked how it does where it answers`() throws {
        let pods = try Self.objects().compactMap { object -> (String, Object)? in
            guard let pod = Self.at("spec", "template", "spec", in: object) as? Object else { return nil }
            return ("\(Self.at("metadata", "name", in: object) ?? "")", pod)
        }
        #expect(pods.map(\.0).sorted() == ["dailies-migrate", "dailies-site", "dailies-worker"])
        for (name, pod) in pods {
            #expect(Self.at("securityContext", "runAsNonRoot", in: pod) as? Bool == true, "\(name)")
            #expect(Self.at("securityContext", "seccompProfile", "type", in: pod) as? String == "RuntimeDefault", "\(name)")
            #expect(pod["automountServiceAccountToken"] as? Bool == false, "\(name)")
            for forbidden in ["hostNetwork", "hostPID", "hostIPC", "hostPath", "hostPort", "privileged"] {
                #expect(Self.all(forbidden, in: pod).isEmpty, "\(name): \(forbidden)")
            }
            for container in pod["containers"] as? [Object] ?? [] {
                #expect(Self.at("securityContext", "allowPrivilegeEscalation", in: container) as? Bool == false, "\(name)")
                #expect(Self.at("securityContext", "readOnlyRootFilesystem", in: container) as? Bool == true, "\(name)")
                #expect(Self.at("securityContext", "capabilities", "drop", in: container) as? [String] == ["ALL"], "\(name)")
                #expect(Self.at("resources", "requests", "cpu", in: container) != nil, "\(name)")
                #expect(Self.at("resources", "limits", "memory", in: container) != nil, "\(name)")
                let ports = (container["ports"] as? [Object] ?? []).reduce(into: [String: String]()) {
                    $0["\($1["name"] ?? "")"] = "\($1["containerPort"] ?? "")"
                }
                let variables = (container["env"] as? [Object] ?? []).reduce(into: [String: String]()) {
                    $0["\($1["name"] ?? "")"] = $1["value"] as? String
                }
                for probe in ["startupProbe", "livenessProbe", "readinessProbe"] where name != "dailies-migrate" {
                    let asked = try #require(container[probe] as? Object, "\(name) has no \(probe)")
                    let port = Self.at("httpGet", "port", in: asked) ?? Self.at("tcpSocket", "port", in: asked)
                    let listens = variables[name == "dailies-worker" ? "DAILIES_HEALTH" : "DAILIES_LISTEN"]
                    #expect(listens == ports["\(port ?? "")"].map { "0.0.0.0:\($0)" }, "\(name): \(probe)")
                }
            }
        }
    }

    @Test func `the paths of the probes answer, to whatever name a prober calls the pod by`() async throws {
        let paths = Set(Self.all("httpGet", in: try Self.objects()).compactMap { Self.at("path", in: $0) as? String })
        #expect(paths == ["/livez", "/readyz", "/sign-in"])
        try await Product.with { product in
            try await product.withWorker(variables: ["DAILIES_HEALTH": "127.0.0.1:0"]) { worker in
                #expect(try await Scraped.get("/livez", of: worker, in: product).status == 200)
                try await until { try await Scraped.get("/readyz", of: worker, in: product).status == 200 }
            }
            try await product.withSite { address in
                let arguments = ["-sS", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Host: 10.2.3.4:8080", "\(address)sign-in"]
                let answered = try await run("curl", arguments)
                #expect(answered.said == "200")
            }
        }
    }

    @Test func `a disruption leaves workers and sites running, and the budgets mean the pods that are there`() throws {
        let objects = try Self.objects()
        for budget in objects where budget["kind"] as? String == "PodDisruptionBudget" {
            let wanted = Self.at("spec", "selector", "matchLabels", in: budget) as? [String: String]
            let pods = objects.filter { Self.at("spec", "template", "metadata", "labels", in: $0) as? [String: String] == wanted }
            #expect(pods.count == 1 && wanted?.isEmpty == false)
        }
        #expect(objects.count { $0["kind"] as? String == "PodDisruptionBudget" } == 2)
        let kustomization = try #require(try Self.documents("kubernetes/kustomization.yaml").first?["resources"] as? [String])
        let there = try FileManager.default.contentsOfDirectory(atPath: Self.folder.appending("kubernetes").string)
        #expect(Set(kustomization + ["kustomization.yaml"]) == Set(there))
    }
}
