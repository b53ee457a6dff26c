using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Checking.Tags;

/// <summary>
/// Recognises the tag scheme of a dataset from the beginnings of its files. IOB1 and IOB2 look alike: what tells them
/// apart is how entities open, so openings are counted and the majority decides; the others are then findings.
/// </summary>
internal sealed class TagSchemeFinder
{
    private const int RecordsPerFile = 2000;
    private int _openedByB;
    private int _openedByI;
    private int _ends; // E-, S-, L-, U-, M-: only IOBES and BILUO have them
    private int _bare; // no prefix
    private int _outside;

    public void Look(IDatasetReader reader)
    {
        var record = new Record(file: null);
        for (var i = 0; i < RecordsPerFile && reader.Read(record); i++)
        {
            ReadOnlySpan<byte> open = default; // label of the entity the next tag may continue
            for (var t = 0; t < record.Tags.Count; t++)
            {
                open = Look(record.Tags[t], open);
            }
        }
    }

    /// <summary>The scheme; null when there are no tags at all.</summary>
    public TagScheme? Find() => this switch
    {
        { _openedByB: 0, _openedByI: 0, _ends: 0, _bare: 0, _outside: 0 } => null,
        { _openedByB: 0, _openedByI: 0, _ends: 0, _bare: > 0 } => _outside > 0 ? TagScheme.IO : TagScheme.None,
        _ when _ends * 20 > _openedByB => TagScheme.IOBES,
        _ when _openedByI > _openedByB => TagScheme.IOB1,
        _ => TagScheme.IOB2,
    };

    private ReadOnlySpan<byte> Look(ReadOnlySpan<byte> tag, ReadOnlySpan<byte> open)
    {
        var prefix = TagPrefixes.Of(tag);
        var isOpen = prefix >= TagPrefix.Begin && tag[2..].SequenceEqual(open);
        switch (prefix)
        {
            case TagPrefix.Outside:
                _outside++;
                return default;
            case TagPrefix.None:
                _bare++;
                return default;
            case TagPrefix.Begin:
                _openedByB += isOpen ? 0 : 1; // after its like, B- is both schemes' way
                break;
            case TagPrefix.Inside:
                _openedByI += isOpen ? 0 : 1;
                break;
            default:
                _ends++;
                break;
        }

        return tag[2..];
    }
}
