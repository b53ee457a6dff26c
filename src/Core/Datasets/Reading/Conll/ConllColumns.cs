namespace Droptune.Core.Datasets.Reading.Conll;

/// <summary>
/// The columns of a line: what tabs divide, or, where there is none, what runs of spaces do. White space at the line's
/// end is none of them.
/// </summary>
internal readonly record struct ConllColumns(int Count, Range First, Range Last)
{
    public static ConllColumns Of(ReadOnlySpan<byte> line)
    {
        var end = line.Length;
        while (end > 0 && line[end - 1] is (byte)' ' or (byte)'\t')
        {
            end--;
        }

        line = line[..end];
        return line.IndexOf((byte)'\t') is >= 0 and var tab ? OfTabs(line, tab) : OfSpaces(line);
    }

    /// <summary>Every column of a line, however long that takes.</summary>
    public static IEnumerable<byte[]> All(ReadOnlySpan<byte> line)
    {
        var text = Encoding.Latin1.GetString(line.TrimEnd(" \t\r"u8)); // byte for byte
        return (text.Contains('\t') ? text.Split('\t') : text.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(Encoding.Latin1.GetBytes);
    }

    /// <summary>Where a column of a line is; empty where it has fewer.</summary>
    public static Range At(ReadOnlySpan<byte> line, int column)
    {
        var separator = line.Contains((byte)'\t') ? (byte)'\t' : (byte)' ';
        for (int start = 0, length; start < line.Length; start += length + 1)
        {
            length = line[start..].IndexOf(separator);
            length = length < 0 ? line.Length - start : length;
            if ((separator == '\t' || length > 0) && column-- == 0)
            {
                return start..(start + length);
            }
        }

        return default;
    }

    private static ConllColumns OfTabs(ReadOnlySpan<byte> line, int first)
    {
        var last = line.LastIndexOf((byte)'\t');
        var count = first == last ? 2 : line.Count((byte)'\t') + 1;
        do
        {
            last++;
        }
        while (last < line.Length && line[last] == ' ');
        return new ConllColumns(count, 0..first, last..line.Length);
    }

    private static ConllColumns OfSpaces(ReadOnlySpan<byte> line)
    {
        var (count, firstStart, firstEnd, last) = (0, 0, line.Length, 0);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] != ' ' && (i == 0 || line[i - 1] == ' '))
            {
                count++;
                firstStart = count == 1 ? i : firstStart;
                last = i;
            }
            else if (line[i] == ' ' && count == 1 && firstEnd == line.Length)
            {
                firstEnd = i;
            }
        }

        return new ConllColumns(count, firstStart..firstEnd, last..line.Length);
    }
}
