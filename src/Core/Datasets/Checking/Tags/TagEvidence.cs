using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Checking.Tags;

/// <summary>
/// What the beginnings of files show of how their tags are written. IOB1 and IOB2 look alike: what tells them apart is how
/// entities open, so openings are counted and the majority decides; the others are then findings.
/// </summary>
internal sealed class TagEvidence
{
    private const int RecordsPerFile = 2000;
    private const int Shown = 3;
    private readonly Counts[] _counts = [.. Enum.GetValues<TagSpelling>().Select(_ => new Counts())];
    private readonly SortedSet<string> _names = new(StringComparer.Ordinal); // a few of those without a prefix
    private bool _haveLabels; // some of them are more than a prefix
    private string? _hint;

    public long Tags => _counts[0].All;

    /// <summary>The spelling in which every tag has a prefix, or is O; null where no or every tag is bare.</summary>
    public TagSpelling? Spelling =>
        Enum.GetValues<TagSpelling>().Cast<TagSpelling?>().FirstOrDefault(spelling => _counts[(int)spelling!] is { Bare: 0, Prefixed: > 0 });

    /// <summary>Nothing but bare names, not even O: they can be anything.</summary>
    public bool IsBare => _counts[0] is { Bare: > 0, Prefixed: 0, Outside: 0 } && Spelling is null;

    /// <summary>What is wrong where <see cref="Find"/> finds nothing.</summary>
    public string WhyNone =>
        $"{(_names.All(name => name.All(char.IsAsciiDigit)) ? "The tags are numbers, and their names are nowhere" : _haveLabels ? "No tag is O, or begins with B- or I-" : "The tags have no label")}, such as {string.Join(", ", _names.Take(Shown).Select(name => $"'{name}'"))}{(_hint is null ? "." : $": {_hint}.")}";

    public void Look(IDatasetReader reader)
    {
        var record = new Record(file: null);
        var sequences = new List<int[]>();
        for (var i = 0; i < RecordsPerFile && reader.Read(record); i++)
        {
            sequences.Add([.. record.Tags.Ids.ToArray().Where(id => record.Tags.SpellingOf(id).Length > 0)]);
        }

        _hint = reader.TagHint;
        var ids = sequences.SelectMany(sequence => sequence).Append(0).Max() + 1;
        foreach (var spelling in Enum.GetValues<TagSpelling>())
        {
            var tags = Enumerable.Range(0, ids).Select(id => spelling.ToUsual(record.Tags.SpellingOf(id))).ToArray();
            foreach (var sequence in sequences)
            {
                _counts[(int)spelling].Add(sequence, tags);
            }
        }

        foreach (var tag in Enumerable.Range(0, ids).Select(id => Encoding.UTF8.GetString(record.Tags.SpellingOf(id))).Where(tag => tag is not ("O" or "")))
        {
            _haveLabels |= tag.Trim('-', '_') is not ("" or "B" or "I" or "M" or "E" or "S" or "L" or "U");
            if (_names.Count < Shown)
            {
                _names.Add(Findings.Excerpt.Of(Encoding.UTF8.GetBytes(tag)));
            }
        }
    }

    public void Add(TagEvidence other)
    {
        foreach (var (mine, theirs) in _counts.Zip(other._counts))
        {
            mine.Add(theirs);
        }

        _haveLabels |= other._haveLabels;
    }

    /// <summary>How the tags are written; null when there are none, or nothing shows it.</summary>
    public TagForm? Find()
    {
        var spelling = Spelling ?? TagSpelling.Usual;
        return _counts[(int)spelling] switch
        {
            { All: 0 } => null,
            { Prefixed: 0, Bare: > 0 } counts => counts.Outside > 0 && _haveLabels ? new(TagScheme.IO, spelling) : null,
            var counts when counts.Ends * 20 > counts.OpenedByB => new(TagScheme.IOBES, spelling),
            var counts when counts.OpenedByI > counts.OpenedByB => new(TagScheme.IOB1, spelling),
            _ => new(TagScheme.IOB2, spelling),
        };
    }

    private sealed class Counts
    {
        public long OpenedByB { get; private set; }

        public long OpenedByI { get; private set; }

        /// <summary>E-, S-, L-, U-, M-: only IOBES and BILUO have them.</summary>
        public long Ends { get; private set; }

        public long Prefixed { get; private set; }

        public long Bare { get; private set; }

        public long Outside { get; private set; }

        public long All => Prefixed + Bare + Outside;

        public void Add(int[] sequence, byte[][] tags)
        {
            ReadOnlySpan<byte> open = default; // label of the entity the next tag may continue
            foreach (var id in sequence)
            {
                open = Add(tags[id], open);
            }
        }

        public void Add(Counts other)
        {
            OpenedByB += other.OpenedByB;
            OpenedByI += other.OpenedByI;
            Ends += other.Ends;
            Prefixed += other.Prefixed;
            Bare += other.Bare;
            Outside += other.Outside;
        }

        private ReadOnlySpan<byte> Add(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> open)
        {
            var prefix = TagPrefixes.Of(tag);
            if (prefix is TagPrefix.Outside or TagPrefix.None)
            {
                Outside += prefix == TagPrefix.Outside ? 1 : 0;
                Bare += prefix == TagPrefix.None ? 1 : 0;
                return default;
            }

            var isOpen = tag[2..].SequenceEqual(open);
            Prefixed++;
            OpenedByB += prefix == TagPrefix.Begin && !isOpen ? 1 : 0; // after its like, B- is both schemes' way
            OpenedByI += prefix == TagPrefix.Inside && !isOpen ? 1 : 0;
            Ends += prefix > TagPrefix.Inside ? 1 : 0;
            return tag[2..];
        }
    }
}
