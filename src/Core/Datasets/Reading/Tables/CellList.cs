namespace Droptune.Core.Datasets.Reading.Tables;

/// <summary>
/// A list in a cell: <c>["a", "b"]</c> as JSON has it, <c>['a', "b's"]</c> as Python, <c>['a' 'b']</c> as NumPy, or words between spaces.
/// </summary>
internal static class CellList
{
    /// <summary>The elements; null where a bracket or quote is not closed.</summary>
    public static List<string>? Parse(ReadOnlySpan<byte> cell)
    {
        var text = Encoding.UTF8.GetString(cell).Trim();
        if (!text.StartsWith('['))
        {
            return [.. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];
        }

        var (items, i) = (new List<string>(), 1);
        while (i < text.Length && text[i] != ']')
        {
            if (text[i] is ',' or ' ' or '\n' or '\r' or '\t')
            {
                i++;
            }
            else if (text[i] is '"' or '\'')
            {
                if (Quoted(text, ref i) is not { } item)
                {
                    return null;
                }

                items.Add(item);
            }
            else
            {
                var length = text.AsSpan(i).IndexOfAny(", \n]");
                items.Add(length < 0 ? text[i..] : text.Substring(i, length));
                i += length < 0 ? text.Length : length;
            }
        }

        return i == text.Length - 1 ? items : null;
    }

    private static string? Quoted(string text, ref int i)
    {
        var quote = text[i++];
        var item = new StringBuilder();
        for (; i < text.Length; i++)
        {
            if (text[i] == quote)
            {
                i++;
                return item.ToString();
            }

            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i++;
                switch (text[i])
                {
                    case 'n':
                        item.Append('\n');
                        break;
                    case 't':
                        item.Append('\t');
                        break;
                    case 'u' or 'x' or 'U' when text[i] switch { 'u' => 4, 'x' => 2, _ => 8 } is var digits && i + digits < text.Length
                        && int.TryParse(text.AsSpan(i + 1, digits), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code) && code is >= 0 and <= 0x10FFFF:
                        item.Append(code is >= 0xD800 and <= 0xDFFF || code <= 0xFFFF ? $"{(char)code}" : char.ConvertFromUtf32(code));
                        i += digits;
                        break;
                    default:
                        item.Append(text[i]);
                        break;
                }
            }
            else
            {
                item.Append(text[i]);
            }
        }

        return null;
    }
}
