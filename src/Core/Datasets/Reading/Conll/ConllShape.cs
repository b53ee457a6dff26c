using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Conll;

/// <summary>Which columns of a file hold its tokens and tags, as its first lines show.</summary>
/// <param name="Token">0-based.</param>
/// <param name="Tag">0-based; null = the last.</param>
/// <param name="HasBrackets">Whether the tags are <see cref="BracketTags"/>.</param>
/// <param name="HasRanges">Whether lines numbered 1-2 or 1.1 (CoNLL-U) stand between those of words.</param>
/// <param name="Hint">What its owner is told where the tags are of no scheme; null = nothing.</param>
internal sealed record ConllShape(int Token, int? Tag, bool HasBrackets, bool HasRanges, string? Hint)
{
    /// <summary>CoNLL-2012's columns of the word and of the named entity.</summary>
    private const int Word2012 = 3, Entity2012 = 10;

    /// <summary>Whether a line is of several words or of none that is written: 1-2, 1.1.</summary>
    public static bool IsRange(ReadOnlySpan<byte> line)
    {
        var digits = line.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return digits > 0 && line[digits] is (byte)'-' or (byte)'.' && line[(digits + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') is > 0 and var more && line[digits + 1 + more] == '\t';
    }

    /// <summary>Whether the lines can only be meant as tokens with tags: all have the same columns, two or more, and the last is O, B-… or the like.</summary>
    public static bool IsEvident(ReadOnlySpan<byte> head)
    {
        var lines = new List<byte[][]>();
        while (head.IndexOf((byte)'\n') is >= 0 and var end)
        {
            var line = head[..end].TrimEnd((byte)'\r');
            head = head[(end + 1)..];
            if (!line.Trim(" \t"u8).IsEmpty && line[0] != '#')
            {
                lines.Add([.. ConllColumns.All(line)]);
            }
        }

        return lines.Count > 0 && lines.TrueForAll(line => line.Length > 1 && line.Length == lines[0].Length && TagPrefixes.Of(line[^1]) != TagPrefix.None);
    }

    /// <summary>Of the first lines of a file, the last of which may be cut.</summary>
    public static ConllShape Of(ReadOnlySpan<byte> head, DatasetManifest manifest)
    {
        var stated = int.TryParse(manifest.TagColumn, CultureInfo.InvariantCulture, out var column) && column > 0 ? column - 1 : (int?)null;
        var (form, named, is2012) = (-1, -1, false);
        var sentences = new List<List<byte[][]>> { new() };
        while (head.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var end)
        {
            var line = head[..end];
            head = head[(end + (head[end..].StartsWith("\r\n"u8) ? 2 : 1))..];
            if (line.StartsWith("# global.columns"u8))
            {
                var names = Encoding.UTF8.GetString(line[(line.IndexOf((byte)'=') + 1)..]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
                form = Array.IndexOf(names, "FORM");
                named = Array.FindIndex(names, name => name.Split(':')[^1].ToUpperInvariant() is "NER" or "NE");
            }
            else if (line.StartsWith("#begin document"u8))
            {
                is2012 = true;
            }
            else if (line.Trim(" \t"u8).IsEmpty)
            {
                sentences.Add([]);
            }
            else if (line[0] != '#' && !line.StartsWith("-DOCSTART-"u8))
            {
                sentences[^1].Add([.. ConllColumns.All(line)]);
            }
        }

        var words = sentences.Select(sentence => sentence.Where(line => !IsRange([.. line[0], (byte)'\t'])).ToList()).ToList();
        var isCounted = form > 0 || (words.Count > 0 && IsCount(words));
        var hasRanges = isCounted && sentences.TrueForAll(sentence => sentence.Index().All(line => IsOfNext(sentence, line.Index) || (sentence == sentences[^1] && line.Index + 1 == sentence.Count)));
        var lines = (hasRanges ? words : sentences).SelectMany(sentence => sentence).ToList();
        if (is2012 && lines.TrueForAll(line => line.Length > Entity2012 + 1))
        {
            return new(Word2012, stated ?? Entity2012, HasBrackets: true, HasRanges: false, null);
        }

        lines.RemoveAll(line => line.Length != lines[0].Length);
        var (token, tag) = (form > 0 ? form : isCounted ? 1 : 0, stated ?? (named >= 0 ? named : null));
        return lines.Count == 0
            ? new(token, tag, false, hasRanges, null)
            : new(token, tag, BracketTags.Are([.. lines.Select(line => line[Math.Min(tag ?? line.Length - 1, line.Length - 1)])]), hasRanges, HintOf(lines, tag ?? lines[0].Length - 1));
    }

    /// <summary>Whether a line is of a word, or of several (2-3) of which the first comes next, or of none (1.1); the last that is seen may be cut off from it.</summary>
    private static bool IsOfNext(List<byte[][]> sentence, int index)
    {
        var id = sentence[index][0];
        return !IsRange([.. id, (byte)'\t']) || id.Contains((byte)'.')
            || (index + 1 < sentence.Count && sentence[index + 1][0].AsSpan().SequenceEqual(id.AsSpan(0, id.AsSpan().IndexOf((byte)'-'))));
    }

    /// <summary>Whether the first of three or more columns counts the tokens of each sentence.</summary>
    private static bool IsCount(List<List<byte[][]>> sentences) =>
        sentences.Exists(sentence => sentence.Count > 1)
        && sentences.TrueForAll(sentence => sentence.Index().All(
            line => line.Item.Length > 2 && line.Item[0].AsSpan().SequenceEqual(Encoding.UTF8.GetBytes($"{line.Index + 1}"))));

    private static string? HintOf(List<byte[][]> lines, int tag)
    {
        var other = Enumerable.Range(0, lines[0].Length).FirstOrDefault(
            column => column != tag && lines.TrueForAll(line => TagPrefixes.Of(line[column]) != TagPrefix.None)
                && lines.Exists(line => TagPrefixes.Of(line[column]) > TagPrefix.Outside), -1);
        return other >= 0 ? $"column {other + 1} holds such tags, state tagColumn {other + 1} in dataset.json"
            : lines.Exists(line => line.Any(column => column.Contains((byte)' '))) ? "these look like texts and labels, name their columns in the first line, as text and label, or state the numbers of the columns as textColumn and labelColumn in dataset.json"
            : null;
    }
}
