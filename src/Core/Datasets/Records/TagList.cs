using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Droptune.Core.Datasets.Records;

/// <summary>A record's tags and where they stand. Tags are few and repeat: each spelling is kept once, for all records.</summary>
internal sealed class TagList
{
    private const int MaxSpellings = 100_000; // far more than any label limit: the column is no tag column
    private readonly Dictionary<ulong, int> _idsByHash = [];
    private readonly List<byte[]> _spellings = ["O"u8.ToArray()];
    private readonly List<int> _ids = [];
    private readonly List<int> _offsets = [];

    public int Count => _ids.Count;

    public ReadOnlySpan<byte> this[int index] => _spellings[_ids[index]];

    /// <summary>The same number for the same spelling; 0 = "O".</summary>
    public ReadOnlySpan<int> Ids => CollectionsMarshal.AsSpan(_ids);

    public ReadOnlySpan<byte> SpellingOf(int id) => _spellings[id];

    /// <summary>Offset in the record's source.</summary>
    public int OffsetAt(int index) => _offsets[index];

    public void Clear()
    {
        _ids.Clear();
        _offsets.Clear();
    }

    public void Add(ReadOnlySpan<byte> tag, int offset)
    {
        _ids.Add(tag.Length == 1 && tag[0] == 'O' ? 0 : IdOf(tag));
        _offsets.Add(offset);
    }

    private int IdOf(ReadOnlySpan<byte> tag)
    {
        var hash = XxHash3.HashToUInt64(tag);
        if (!_idsByHash.TryGetValue(hash, out var id))
        {
            if (_spellings.Count == MaxSpellings)
            {
                throw new Sources.UnreadableFileException(
                    FindingCode.TooManyLabels, $"There are more than {MaxSpellings} different tags: is the tag the last column? Nothing more of the file is read.");
            }

            id = _spellings.Count;
            _spellings.Add(tag.ToArray());
            _idsByHash.Add(hash, id);
        }

        return id;
    }
}
