namespace Droptune.Core.Datasets.Records;

/// <summary>An example that passed: words with IOB2 tags, or a text with spans; reused from record to record.</summary>
internal sealed class CheckedExample
{
    /// <summary>Words; null for an example that is a text.</summary>
    public Utf8List? Tokens { get; set; }

    /// <summary>The text, or the words joined by spaces: what hashes and text checks look at.</summary>
    public ReadOnlyMemory<byte> Text { get; set; }

    /// <summary>Whether all of <see cref="Text"/> is ASCII, so that bytes, characters and code points are the same.</summary>
    public bool IsAscii { get; set; }

    /// <summary>Whether there are tags (or, for a text, spans).</summary>
    public bool HasTags { get; set; }

    /// <summary>One a word: 0 = O, 2k+1 = B- and 2k+2 = I- of entity label k; empty for a text.</summary>
    public List<int> Tags { get; } = [];

    /// <summary>Empty for words; by start, without overlap; UTF-16 code units, end exclusive; the label is an entity label's id.</summary>
    public List<(int Start, int End, int Label)> Spans { get; } = [];

    /// <summary>Whether it says which labels the text has.</summary>
    public bool HasLabels { get; set; }

    /// <summary>Ids of the text labels, by name: one, unless the dataset has several a text; then there may be none.</summary>
    public List<int> Labels { get; } = [];

    /// <summary>The entities: their labels and words.</summary>
    public IEnumerable<(int Label, ReadOnlyMemory<byte> Surface)> Entities() => Tokens is null ? EntitiesOfText() : EntitiesOfWords();

    private IEnumerable<(int Label, ReadOnlyMemory<byte> Surface)> EntitiesOfWords()
    {
        var position = 0; // of the word in the joined text
        for (var i = 0; i < Tags.Count; i++)
        {
            var start = position;
            position += Tokens![i].Length + 1;
            if (Tags[i] % 2 == 1)
            {
                var (label, inside) = ((Tags[i] - 1) / 2, Tags[i] + 1);
                while (i + 1 < Tags.Count && Tags[i + 1] == inside)
                {
                    position += Tokens[++i].Length + 1;
                }

                yield return (label, Text[start..(position - 1)]);
            }
        }
    }

    private IEnumerable<(int Label, ReadOnlyMemory<byte> Surface)> EntitiesOfText()
    {
        var (bytes, units) = (0, 0); // the same place in UTF-8 and UTF-16
        foreach (var (start, end, label) in Spans)
        {
            bytes = Advance(bytes, start - units);
            var first = bytes;
            bytes = Advance(bytes, end - start);
            units = end;
            yield return (label, Text[first..bytes]);
        }
    }

    private int Advance(int bytes, int units)
    {
        var text = Text.Span;
        while (units > 0)
        {
            var lead = text[bytes];
            units -= lead >= 0xF0 ? 2 : 1;
            bytes += lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        }

        return bytes;
    }
}
