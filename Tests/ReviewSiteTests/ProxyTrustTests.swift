import HTTPTypes
import Testing

@testable import ReviewSite

/// Whose word about a client's address is taken, and which address that is.
@Suite("A trusted proxy")
struct ProxyTrustTests {
    private func client(_ headers: [String], peer: String = "127.0.0.1", behind proxies: [String]?) throws -> String {
        var fields = HTTPFields()
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        for header in headers { fields.append(HTTPField(name: name, value: header)) }
        return try ProxyTrust(proxies: proxies, emailHeader: nil).clientAddress(peer: peer, headers: fields)
    }

    @Test(arguments: [
        ("10.1.2.3", "10.1.2.3", true), ("10.1.2.3", "10.1.2.4", false), ("10.1.0.0/16", "10.1.255.255", true),
        ("10.1.0.0/16", "10.2.0.0", false), ("10.128.0.0/9", "10.127.255.255", false), ("10.0.0.0/8", "::ffff:10.9.9.9", true),
        ("::ffff:10.1.0.0/112", "10.1.3.4", true), ("::ffff:10.1.0.0/112", "10.2.3.4", false), ("::ffff:10.1.2.3", "10.1.2.3", true),
        ("2001:db8::/32", "2001:DB8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false), ("2001:db8::/127", "2001:db8::1", true),
        ("2001:db8::/127", "2001:db8::2", false), ("::1", "0:0:0:0:0:0:0:1", true), ("fd00::/8", "10.0.0.1", false),
        ("192.168.1.0/31", "192.168.1.1", true), ("192.168.1.1/32", "192.168.1.2", false),
    ])
    func `is a range of addresses, each however it is spelled`(range: String, peer: String, isOne: Bool) throws {
        #expect(try ProxyTrust(proxies: ["192.0.2.1", range], emailHeader: nil).isProxy(peer) == isOne)
    }

    @Test(arguments: [
        "0.0.0.0/0", "::/0", "8.0.0.0/7", "2000::/3", "::/64", "::/80", "::ffff:0.0.0.0/96", "::ffff:0:0/97", "10.0.0.0/33", "10.0.0.0/",
        "10.0.0.0/-8", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/0x8", "10.1.0.0/8", "2001:db8::1/32", "10.0.0/8", "10", "010.1.2.3",
        "10.0.0.1:80", "[::1]", "fe80::1%eth0", "unix:/run/nginx.sock", "proxy.example.org", "10.0.0.1\0", "10.0.0.1\u{301}", "",
        "10.0.0.0\u{600}/8",
    ])
    func `is refused when it is no range, too wide, or an address within one, and is not repeated`(text: String) {
        let problem = #expect(throws: ReviewSite.Configuration.Problem.self) {
            try ReviewSite.Configuration(proxies: ["192.0.2.1", text])
        }
        #expect(problem?.description.hasPrefix("entry 2 of trusted-proxies ") == true)
        if text.utf8.count > 4 { #expect(problem?.description.contains(text) == false) }
    }

    @Test func `is one of this machine when nothing is said, and then nobody's word is taken about who has signed in`() throws {
        #expect(try client(["198.51.100.7"], behind: nil) == "198.51.100.7")
        #expect(try client(["198.51.100.7"], peer: "::1", behind: nil) == "198.51.100.7")
        #expect(try client(["198.51.100.7"], peer: "10.0.0.1", behind: nil) == "10.0.0.1")
        #expect(try client(["198.51.100.7"], behind: ["none"]) == "127.0.0.1")
        for proxies in [nil, ["none"], []] {
            #expect(throws: ReviewSite.Configuration.Problem.self) {
                try ReviewSite.Configuration(proxies: proxies, emailHeader: "X-Forwarded-Email")
            }
        }
    }

    @Test(arguments: [("10.1.2.3", true), ("10.1.2.0/24", true), ("2001:db8::1", true), ("10.1.0.0/16", false), ("2001:db8::/64", false)])
    func `of which anybody signs in as anybody has to be narrow`(range: String, isTaken: Bool) throws {
        let found = try? ReviewSite.Configuration(proxies: ["192.0.2.1", range], emailHeader: "X-Forwarded-Email")
        #expect((found != nil) == isTaken)
    }

    @Test(arguments: [
        (["198.51.100.7, 203.0.113.9"], "203.0.113.9"), (["198.51.100.7", "203.0.113.9"], "203.0.113.9"),
        (["198.51.100.7", "203.0.113.9, 10.0.0.2"], "203.0.113.9"), (["203.0.113.9, 10.0.0.2, 127.0.0.1"], "203.0.113.9"),
        (["198.51.100.7,\t203.0.113.9 \t"], "203.0.113.9"), (["198.51.100.7, , 203.0.113.9,,"], "203.0.113.9"),
        (["203.0.113.9:5678"], "203.0.113.9"), (["[2001:db8::1]:443"], "2001:db8::1"), (["[2001:DB8:0::1]"], "2001:db8::1"),
        (["2001:db8::1"], "2001:db8::1"), (["::ffff:203.0.113.9"], "203.0.113.9"), (["[::ffff:203.0.113.9]:1"], "203.0.113.9"),
        (["[::ffff:10.0.0.2]:1"], "10.0.0.2"),
        // All are proxies: the first of them began it.
        (["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        // What is no address ends the list, and nothing left of it counts.
        (["198.51.100.7, unknown"], "127.0.0.1"), (["198.51.100.7, unknown, 10.0.0.2"], "10.0.0.2"),
        (["198.51.100.7, _hidden, 203.0.113.9"], "203.0.113.9"), (["198.51.100.7, 203.0.113.9:"], "127.0.0.1"),
        (["203.0.113.9:123456"], "127.0.0.1"), (["[203.0.113.9]:1"], "127.0.0.1"), (["[2001:db8::1"], "127.0.0.1"),
        (["[2001:db8::1]x"], "127.0.0.1"), (["[2001:db8::1]:x"], "127.0.0.1"), (["fe80::1%eth0"], "127.0.0.1"),
        (["\"203.0.113.9\""], "127.0.0.1"), (["203.0.113.9 203.0.113.10"], "127.0.0.1"), (["2030.113.9"], "127.0.0.1"),
        (["203.0.113.9\u{301}"], "127.0.0.1"), (["\u{a0}203.0.113.9"], "127.0.0.1"), (["198.51.100.7\u{600}, 203.0.113.9"], "203.0.113.9"),
        (["\u{600}, 203.0.113.9"], "203.0.113.9"), ([""], "127.0.0.1"), ([",,,"], "127.0.0.1"), ([], "127.0.0.1"),
        ([String(repeating: "10.0.0.2,", count: 5_000)], "10.0.0.2"),
    ])
    func `says who the client is, from right to left up to the first address that is no proxy's`(headers: [String], address: String) throws
    {
        #expect(try client(headers, behind: ["127.0.0.1", "10.0.0.0/8"]) == address)
    }

    @Test func `that no setting names is noticed, unless the sender is on the internet or there is no proxy`() throws {
        var forwarded = HTTPFields()
        forwarded[try #require(HTTPField.Name("X-Forwarded-For"))] = "203.0.113.9"
        let trust = try ProxyTrust(proxies: ["10.1.0.0/16"], emailHeader: nil)
        for peer in ["10.2.0.1", "172.20.0.1", "192.168.0.9", "100.64.0.1", "fd00::1", "127.0.0.1", "::ffff:10.2.0.1"] {
            #expect(trust.isFromUnnamedProxy(peer: peer, headers: forwarded), "\(peer)")
        }
        for peer in ["10.1.0.1", "203.0.113.1", "2001:db8::1", nil] {
            #expect(!trust.isFromUnnamedProxy(peer: peer, headers: forwarded), "\(peer ?? "")")
        }
        #expect(!trust.isFromUnnamedProxy(peer: "10.2.0.1", headers: [:]))
    }
}
