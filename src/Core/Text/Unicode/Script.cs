namespace Droptune.Core.Text.Unicode;

/// <summary>What kind of character a code point is: a letter of a script in daily use, or something else.</summary>
public enum Script : byte
{
    /// <summary>Neither a letter, a mark nor a number: €, an emoji.</summary>
    Symbol,

    /// <summary>A mark, or a letter of several scripts: it is of the script before it, as ー behind katakana.</summary>
    Inherited,
    Number,

    /// <summary>A letter of any other script.</summary>
    Other,
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Hebrew,
    Arabic,
    Thaana,
    Devanagari,
    Bengali,
    Gurmukhi,
    Gujarati,
    Oriya,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Sinhala,
    Thai,
    Lao,
    Tibetan,
    Myanmar,
    Georgian,
    Hangul,
    Ethiopic,
    Khmer,
    Mongolian,
    Bopomofo,
    Hiragana,
    Katakana,
    Han,
}
