/// A line of bounded length in which lanes take turns: one lane's many elements do not keep another lane's one waiting, nor out.
///
/// A value without a clock or a lock. Of lanes that come first and others one is served in turn, so that neither kind waits for the whole other
/// one; within both each lane gets one turn at a time.
struct FairLine<Element> {
    private struct Lane {
        var key: HashLane
        var elements: [Element]
    }

    /// In the order of their turns; none is empty.
    private var first: [Lane] = []
    private var others: [Lane] = []
    private var isTurnOfOthers = false
    private let most: Int

    /// - Parameter most: the most elements of all lanes together.
    init(most: Int) {
        self.most = most
    }

    var count: Int { (first + others).reduce(0) { $0 + $1.elements.count } }

    /// - Returns: the element that there is no room for: the given one, or the newest of the longest lane, when that lane would still be
    ///   longer than this one, or when this one comes first and that one does not. `nil` when all have room.
    mutating func add(_ element: Element, to key: HashLane) -> Element? {
        var refused: Element?
        if count >= most {
            refused = Self.makeRoom(in: &others, atLeast: key.comesFirst ? 1 : length(of: key) + 2)
            if refused == nil { refused = Self.makeRoom(in: &first, atLeast: length(of: key) + 2) }
            if refused == nil { return element }
        }
        if key.comesFirst { Self.append(element, key, to: &first) } else { Self.append(element, key, to: &others) }
        return refused
    }

    /// The next element; its lane goes behind the others.
    mutating func next() -> Element? {
        defer { isTurnOfOthers.toggle() }
        return isTurnOfOthers
            ? Self.next(of: &others) ?? Self.next(of: &first) : Self.next(of: &first) ?? Self.next(of: &others)
    }

    /// Takes the newest element off the longest lane, if that one has so many.
    private static func makeRoom(in lanes: inout [Lane], atLeast least: Int) -> Element? {
        guard let place = lanes.indices.max(by: { lanes[$0].elements.count < lanes[$1].elements.count }),
            lanes[place].elements.count >= least
        else { return nil }
        let element = lanes[place].elements.removeLast()
        if lanes[place].elements.isEmpty { lanes.remove(at: place) }
        return element
    }

    private func length(of key: HashLane) -> Int {
        (first + others).first { $0.key == key }?.elements.count ?? 0
    }

    private static func append(_ element: Element, _ key: HashLane, to lanes: inout [Lane]) {
        if let place = lanes.firstIndex(where: { $0.key == key }) {
            lanes[place].elements.append(element)
        } else {
            lanes.append(Lane(key: key, elements: [element]))
        }
    }

    private static func next(of lanes: inout [Lane]) -> Element? {
        guard !lanes.isEmpty else { return nil }
        var lane = lanes.removeFirst()
        let element = lane.elements.removeFirst()
        if !lane.elements.isEmpty { lanes.append(lane) }
        return element
    }
}
