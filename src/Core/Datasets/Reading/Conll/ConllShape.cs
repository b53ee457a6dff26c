using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Conll;

/// <summary>Which columns of a file hold its tokens and tags, as its first lines show.</summary>
/// <param name="Token">0-based.</param>
/// <param name="Tag">0-based; null = the last.</param>
/// <param name="Hint">What its owner is told where the tags are of no scheme; null = nothing.</param>
internal sealed record ConllShape(int Token, int? Tag, string? Hint)
{
    /// <summary>Of the first lines of a file, the last of which may be cut.</summary>
    public static ConllShape Of(ReadOnlySpan<byte> head, DatasetManifest manifest)
    {
        var stated = int.TryParse(manifest.TagColumn, CultureInfo.InvariantCulture, out var column) && column > 0 ? column - 1 : (int?)null;
        var form = -1;
        var sentences = new List<List<byte[][]>> { new() };
        while (head.IndexOfAny((byte)'\n', (byte)'\r') is >= 0 and var end)
        {
            var line = head[..end];
            head = head[(end + (head[end..].StartsWith("\r\n"u8) ? 2 : 1))..];
            if (line.StartsWith("# global.columns"u8))
            {
                form = Array.IndexOf(Encoding.UTF8.GetString(line[(line.IndexOf((byte)'=') + 1)..]).Split(' ', StringSplitOptions.RemoveEmptyEntries), "FORM");
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

        var lines = sentences.SelectMany(sentence => sentence).ToList();
        lines.RemoveAll(line => line.Length != lines[0].Length);
        var token = form > 0 ? form : IsCount(sentences) ? 1 : 0;
        return new(token, stated, lines.Count == 0 ? null : HintOf(lines, stated ?? lines[0].Length - 1));
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
