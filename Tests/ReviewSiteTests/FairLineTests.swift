import Testing

@testable import ReviewSite

@Suite struct FairLineTests {
    private static func network(_ address: String) -> HashLane { .network(ClientNetwork(address: address)) }
    private static let (crowd, office, cafe) = (network("203.0.113.9"), network("198.51.100.7"), network("192.0.2.1"))

    private static func order(_ line: inout FairLine<String>) -> [String] {
        var order: [String] = []
        while let next = line.next() { order.append(next) }
        return order
    }

    @Test func `Lanes take turns, so that one network's many do not keep another's one waiting`() {
        var line = FairLine<String>(most: 16)
        for (element, lane) in [
            ("a", Self.crowd), ("b", Self.crowd), ("c", Self.crowd), ("x", Self.office), ("y", Self.office), ("q", Self.cafe),
        ] {
            #expect(line.add(element, to: lane) == nil)
        }
        #expect(Self.order(&line) == ["a", "x", "q", "b", "y", "c"])
        #expect(line.count == 0)
    }

    @Test func `Who is known comes first, also of a full line`() {
        var line = FairLine<String>(most: 3)
        for element in ["a", "b", "c"] { #expect(line.add(element, to: Self.crowd) == nil) }
        #expect(line.add("rosa", to: .person(1)) == "c")
        #expect(line.add("sam", to: .person(2)) == "b")
        #expect(Self.order(&line) == ["rosa", "a", "sam"], "others have their turns between")
    }

    @Test func `One person's many sign-ins keep neither other people out nor strangers waiting`() {
        var line = FairLine<String>(most: 4)
        #expect(line.add("x", to: Self.office) == nil)
        for element in ["a", "b", "c"] { #expect(line.add(element, to: .person(1)) == nil) }
        #expect(line.add("d", to: .person(1)) == "x", "who is known may displace a stranger")
        #expect(line.add("e", to: .person(1)) == "e", "and nobody else for themselves")
        #expect(line.add("rosa", to: .person(2)) == "d")
        #expect(line.add("y", to: Self.office) == "c")
        #expect(Self.order(&line) == ["a", "y", "rosa", "b"])
    }

    @Test func `In a full line a newcomer takes the place of the longest lane's newest, until the lanes are equally long`() {
        var line = FairLine<String>(most: 4)
        for element in ["a", "b", "c", "d"] { #expect(line.add(element, to: Self.crowd) == nil) }
        #expect(line.add("e", to: Self.crowd) == "e", "the crowd itself is refused")
        #expect(line.add("x", to: Self.office) == "d")
        #expect(line.add("y", to: Self.office) == "c")
        #expect(line.add("z", to: Self.office) == "z")
        #expect(line.add("q", to: Self.cafe) != nil && line.count == 4)
        #expect(Self.order(&line).contains("q"))
    }

    @Test func `A line that only people are in who come first is full for them too`() {
        var line = FairLine<String>(most: 2)
        #expect(line.add("a", to: .person(1)) == nil)
        #expect(line.add("b", to: .person(2)) == nil)
        #expect(line.add("c", to: .person(3)) == "c")
        #expect(line.add("x", to: Self.crowd) == "x")
    }
}
