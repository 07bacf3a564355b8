import Foundation
import Glibc
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A real nginx and a real HAProxy in front of a site, as `deploy/proxy` describes them: those files, with other ports and without TLS.
struct ProxiesInFront: Sendable {
    let nginx: Int
    let haproxy: Int

    var all: [(name: String, port: Int)] { [("nginx", nginx), ("HAProxy", haproxy)] }

    static func with(site: Int, _ body: @escaping (ProxiesInFront) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let proxies = ProxiesInFront(nginx: try RawRequest.freePort(), haproxy: try RawRequest.freePort())
            let nginx = folder.appending("nginx.conf").string
            try proxies.nginxSettings(site: site, folder).write(toFile: nginx, atomically: false, encoding: .utf8)
            let haproxy = folder.appending("haproxy.cfg").string
            try proxies.haproxySettings(site: site).write(toFile: haproxy, atomically: false, encoding: .utf8)
            try await running("/usr/sbin/nginx", ["-c", nginx, "-e", "stderr"]) {
                try await running("/usr/sbin/haproxy", ["-db", "-f", haproxy]) {
                    for (_, port) in proxies.all {
                        try await until { (try? await SiteClient(port: port).get("/sign-in").status) == 200 }
                    }
                    try await body(proxies)
                }
            }
        }
    }

    private static func running(_ program: FilePath, _ words: [String], _ body: @escaping () async throws -> Void) async throws {
        _ = try await Subprocess.run(
            .path(program), arguments: Arguments(words), input: .none, output: .discarded, error: .discarded
        ) { execution in
            defer { kill(execution.processIdentifier.value, SIGKILL) }
            try await body()
        }
    }

    private static func delivered(_ name: String, without: String, _ replaced: [(String, String)]) throws -> String {
        var text = try String(contentsOfFile: Fixtures.project.appending("deploy/proxy/\(name)").string, encoding: .utf8)
        text = text.split(separator: "\n").filter { without.isEmpty || !$0.contains(without) }.joined(separator: "\n") + "\n"
        for (old, new) in replaced {
            try #require(text.contains(old), "\(name) lacks \(old)")
            text = text.replacing(old, with: new)
        }
        return text
    }

    private func nginxSettings(site: Int, _ folder: FilePath) throws -> String {
        let delivered = try Self.delivered(
            "nginx.conf", without: "ssl_certificate",
            [("listen 443 ssl;", "listen 127.0.0.1:\(nginx);"), ("127.0.0.1:8080", "127.0.0.1:\(site)")])
        let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(folder)/\($0);" }.joined(
            separator: "\n")
        // One process, so that nothing is left when it is killed.
        return """
            daemon off;
            master_process off;
            pid \(folder)/nginx.pid;
            \(geteuid() == 0 ? "user root;" : "")
            events {}
            http {
            access_log off;
            \(folders)
            \(delivered)
            }

            """
    }

    private func haproxySettings(site: Int) throws -> String {
        try Self.delivered(
            "haproxy.cfg", without: "",
            [
                ("bind :443 ssl crt /etc/haproxy/review.example.org.pem", "bind 127.0.0.1:\(haproxy)"),
                ("127.0.0.1:8080", "127.0.0.1:\(site)"),
            ])
    }
}
