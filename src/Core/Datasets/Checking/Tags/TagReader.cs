using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Checking.Tags;

/// <summary>Turns a record's tags, of any scheme, into IOB2.</summary>
internal sealed class TagReader(FindingLog log, LabelTable entityLabels, TagForm form)
{
    private readonly List<Tag> _tags = []; // by the spelling's id: each is parsed once

    /// <summary>Fills <paramref name="tags"/>, or leaves the record out.</summary>
    public void Read(Record record, List<int> tags)
    {
        tags.Clear();
        var open = -1; // label of the entity that the next tag may continue
        var mustGoOn = false; // IOBES: the entity has not seen its end
        var ids = record.Tags.Ids;
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i] == 0 && !mustGoOn)
            {
                tags.Add(0); // most tags are O, and legal
                open = -1;
                continue;
            }

            var tag = TagOf(record.Tags, ids[i]);
            if (tag.Prefix == TagPrefix.None)
            {
                log.LeaveOut(FindingCode.UnknownTagForm, record, record.Tags.OffsetAt(i), $"Tag {record.Tags[i]} is no tag of {form.Scheme}.");
                (open, mustGoOn) = (-1, false);
                continue;
            }

            var continues = tag.Prefix is (TagPrefix.Inside or TagPrefix.End) && tag.Label == open;
            var isLegal = form.Scheme switch
            {
                TagScheme.IOB2 => tag.Prefix != TagPrefix.Inside || continues,
                TagScheme.IOBES => mustGoOn ? continues : tag.Prefix is not (TagPrefix.Inside or TagPrefix.End),
                _ => true,
            };
            if (!isLegal)
            {
                log.Add(FindingCode.IllegalTransition, record, record.Tags.OffsetAt(i),
                    $"Tag {record.Tags[i]} cannot follow {(i == 0 ? "the sentence's start"u8 : record.Tags[i - 1])} in {form.Scheme}.");
            }

            // An illegal I- opens an entity when the manifest makes it a warning.
            tags.Add(tag.Prefix == TagPrefix.Outside ? 0 : (2 * tag.Label) + (continues ? 2 : 1));
            mustGoOn = tag.Prefix == TagPrefix.Begin || (mustGoOn && continues && tag.Prefix == TagPrefix.Inside);
            open = tag.Prefix switch
            {
                TagPrefix.Outside or TagPrefix.Single => -1,
                TagPrefix.End when form.Scheme == TagScheme.IOBES => -1,
                _ => tag.Label,
            };
        }
    }

    private Tag TagOf(TagList tags, int id)
    {
        while (_tags.Count <= id)
        {
            _tags.Add(_tags.Count == 0 ? new Tag(TagPrefix.Outside, -1) : Parse(tags.SpellingOf(_tags.Count)));
        }

        return _tags[id];
    }

    private Tag Parse(ReadOnlySpan<byte> spelling)
    {
        var (scheme, text) = (form.Scheme, form.Scheme == TagScheme.None ? spelling.ToArray() : form.Spelling.ToUsual(spelling));
        if (scheme == TagScheme.None)
        {
            return new Tag(text.Length == 0 ? TagPrefix.None : TagPrefix.Single, text.Length == 0 ? -1 : entityLabels.IdOf(text));
        }

        var hasPrefix = text.Length > 2 && text[1] == '-';
        if (!hasPrefix && scheme == TagScheme.IO && text.Length > 0 && text[0] != '-')
        {
            return new Tag(TagPrefix.Inside, entityLabels.IdOf(text));
        }

        var prefix = (TagPrefixes.Of(text), scheme) switch
        {
            (TagPrefix.Begin, TagScheme.IOB2 or TagScheme.IOB1 or TagScheme.IOBES) => TagPrefix.Begin,
            (TagPrefix.Inside, _) or (TagPrefix.Middle, TagScheme.IOBES) => TagPrefix.Inside,
            (TagPrefix.End, TagScheme.IOBES) => TagPrefix.End,
            (TagPrefix.Single, TagScheme.IOBES) => TagPrefix.Single,
            _ => TagPrefix.None,
        };
        return new Tag(prefix, prefix == TagPrefix.None ? -1 : entityLabels.IdOf(text.AsSpan(2)));
    }

    private readonly record struct Tag(TagPrefix Prefix, int Label);
}
