using System.Buffers.Binary;
using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Text.Normalizing;

/// <summary>
/// SentencePiece's table of characters and what they become (<c>precompiled_charsmap</c>): a double-array trie over UTF-8 bytes whose
/// values are places in a list of texts, each ended by a zero byte. Read as Hugging Face does: of a grapheme of less than six bytes the
/// shortest entry that it begins with stands for all of it, else each character is looked up by itself.
/// </summary>
internal sealed class PrecompiledMap : Normalizer
{
    private const int LongestGrapheme = 6; // bytes, exclusive
    private const int LongestReplacement = 256; // bytes; the longest of NFKC has 33

    private readonly uint[] _trie;
    private readonly byte[] _replacements;
    private readonly bool[] _isChanged = new bool[0x80]; // an ASCII character by itself

    /// <exception cref="InvalidDataException">It is no such table.</exception>
    public PrecompiledMap(ReadOnlySpan<byte> table)
    {
        var size = table.Length < sizeof(uint) ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(table);
        if (size == 0 || size % sizeof(uint) != 0 || size > table.Length - sizeof(uint))
        {
            throw new InvalidDataException($"it has {table.Length} bytes, of which {size} would be its trie");
        }

        _trie = new uint[size / sizeof(uint)];
        for (var i = 0; i < _trie.Length; i++)
        {
            _trie[i] = BinaryPrimitives.ReadUInt32LittleEndian(table[((i + 1) * sizeof(uint))..]);
        }

        _replacements = table[(int)(sizeof(uint) + size)..].ToArray();
        for (int start = 0, length; start < _replacements.Length; start += length + 1)
        {
            length = _replacements.AsSpan(start).IndexOf((byte)0) is var end and >= 0 ? end : _replacements.Length - start;
            if (length > LongestReplacement)
            {
                throw new InvalidDataException($"it makes {length} bytes of one character; {LongestReplacement} are allowed");
            }
        }

        for (var character = 0; character < _isChanged.Length; character++)
        {
            _isChanged[character] = Find([(byte)character], out _);
        }
    }

    public override PlacedText Apply(PlacedText text)
    {
        var builder = new PlacedTextBuilder(text.Text.Length);
        var changed = false;
        for (int start = 0, end; start < text.Text.Length; start = end)
        {
            end = start + LengthOfGrapheme(text.Text[start..]);
            if (Replace(text, start, end, builder, isGrapheme: true))
            {
                changed = true;
                continue;
            }

            for (var i = start; i < end;)
            {
                CodePoints.At(text.Text[..end], i, out var length);
                if (Replace(text, i, i + length, builder, isGrapheme: false))
                {
                    changed = true;
                }
                else
                {
                    builder.Copy(text, i, i + length);
                }

                i += length;
            }
        }

        return changed ? builder.Build() : text;
    }

    private static int LengthOfGrapheme(ReadOnlySpan<char> text) =>
        text[0] is >= ' ' and < (char)0x7F && (text.Length == 1 || text[1] < 0x80) ? 1 : StringInfo.GetNextTextElementLength(text);

    private bool Replace(PlacedText text, int start, int end, PlacedTextBuilder builder, bool isGrapheme)
    {
        var part = text.Text[start..end];
        if (part is [< (char)0x80] && !_isChanged[part[0]])
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[LongestGrapheme];
        if (!Encoding.UTF8.TryGetBytes(part, bytes, out var length) || (isGrapheme && length >= LongestGrapheme) || !Find(bytes[..length], out var replacement))
        {
            return false;
        }

        builder.Replace(text, start, end, Encoding.UTF8.GetString(replacement));
        return true;
    }

    /// <summary>What stands for the shortest entry that <paramref name="key"/> begins with.</summary>
    private bool Find(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> replacement)
    {
        replacement = default;
        var node = Offset(_trie[0]);
        foreach (var b in key)
        {
            node ^= b;
            if (b == 0 || node >= _trie.Length || (_trie[node] & 0x8000_00FF) != b)
            {
                return false;
            }

            var hasValue = (_trie[node] & 0x100) != 0;
            node ^= Offset(_trie[node]);
            if (hasValue)
            {
                var start = node < _trie.Length ? _trie[node] & 0x7FFF_FFFF : uint.MaxValue;
                if (start >= _replacements.Length)
                {
                    return false;
                }

                replacement = _replacements.AsSpan((int)start);
                replacement = replacement.IndexOf((byte)0) is var end and >= 0 ? replacement[..end] : replacement;
                return true;
            }
        }

        return false;

        static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);
    }
}
