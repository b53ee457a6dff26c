namespace Droptune.Core.Text.Subwords;

/// <summary>
/// The characters by which byte-level vocabularies write the 256 bytes (Radford et al. 2019, "GPT-2"): a byte that is a visible Latin-1
/// character is that one, the others follow from U+0100 on, so that a space is Ġ.
/// </summary>
internal static class ByteAlphabet
{
    public const char Space = 'Ġ';

    private static readonly char[] Characters = new char[0x100];
    private static readonly Dictionary<char, byte> Bytes = [];

    static ByteAlphabet()
    {
        var next = '\u0100';
        for (var value = 0; value < Characters.Length; value++)
        {
            var isVisible = value is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            Characters[value] = isVisible ? (char)value : next++;
            Bytes[Characters[value]] = (byte)value;
        }
    }

    public static char CharacterOf(byte value) => Characters[value];

    /// <summary>The text of a piece; a part of a character is U+FFFD.</summary>
    public static string Decode(string piece) => Encoding.UTF8.GetString([.. piece.Where(Bytes.ContainsKey).Select(character => Bytes[character])]);
}
