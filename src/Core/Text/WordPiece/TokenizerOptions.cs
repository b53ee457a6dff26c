using System.Text.Json.Nodes;
using Droptune.Core.Text.Pieces;

namespace Droptune.Core.Text.WordPiece;

/// <summary>How a BERT tokenizer treats text: the settings of <c>tokenizer_config.json</c>, with Hugging Face's defaults.</summary>
public sealed record TokenizerOptions
{
    /// <summary><c>do_lower_case</c>.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary><c>strip_accents</c>; null = as <see cref="LowerCase"/>.</summary>
    public bool? StripAccents { get; init; }

    /// <summary><c>tokenize_chinese_chars</c>: each CJK character is a unit.</summary>
    public bool ChineseCharacters { get; init; } = true;

    /// <summary><c>small_units</c>, our own: units smaller than BERT's, where labels need them; null = BERT's.</summary>
    public SmallUnits? SmallUnits { get; init; }

    /// <summary>Longest word in code points, after normalisation; a longer one is [UNK].</summary>
    public int LongestWord { get; init; } = 100;

    public string Unknown { get; init; } = "[UNK]";

    public string Separator { get; init; } = "[SEP]";

    public string Padding { get; init; } = "[PAD]";

    public string Class { get; init; } = "[CLS]";

    public string Mask { get; init; } = "[MASK]";

    internal PreTokenizer PreTokenizer => new(StripAccents ?? LowerCase, ChineseCharacters, SmallUnits);

    internal string[] SpecialPieces => [Padding, Unknown, Class, Separator, Mask];

    /// <summary>The units that the labels of examples need; null = words.</summary>
    public SmallUnits? UnitsFor(IEnumerable<Example> labelled) => UnitEvidence.Needed(labelled, StripAccents ?? LowerCase, ChineseCharacters);

    /// <summary>
    /// The settings of a model folder; <c>tokenizer_config.json</c> overrides <c>tokenizer.json</c>. Where neither says so, the
    /// vocabulary shows whether case is kept: it holds capital letters then.
    /// </summary>
    internal static TokenizerOptions Read(string folder, TokenizerJson? tokenizerJson, Vocabulary vocabulary)
    {
        var config = TokenizerConfig.Read(folder);
        var normalizer = Normalizer(tokenizerJson?.Find("normalizer"));
        if (normalizer?.Flag("clean_text", true) == false)
        {
            throw new NotSupportedException($"{folder}: clean_text = false is not supported.");
        }

        var defaults = new TokenizerOptions();
        return new()
        {
            LowerCase = Flag("do_lower_case", "lowercase") ?? !vocabulary.TryGetId("A", out _),
            StripAccents = Flag("strip_accents", "strip_accents"),
            ChineseCharacters = Flag("tokenize_chinese_chars", "handle_chinese_chars") ?? true,
            SmallUnits = config.Units(),
            LongestWord = tokenizerJson?.Find("model")?.Find("max_input_chars_per_word")?.Id(int.MaxValue) ?? defaults.LongestWord,
            Unknown = config.Piece("unk_token") ?? Usual(defaults.Unknown, "<unk>"),
            Separator = config.Piece("sep_token") ?? Usual(defaults.Separator, "</s>"),
            Padding = config.Piece("pad_token") ?? Usual(defaults.Padding, "<pad>"),
            Class = config.Piece("cls_token") ?? Usual(defaults.Class, "<s>"),
            Mask = config.Piece("mask_token") ?? Usual(defaults.Mask, "<mask>"),
        };

        // MPNet's vocabulary has RoBERTa's.
        string Usual(string bert, string other) => !vocabulary.TryGetId(bert, out _) && vocabulary.TryGetId(other, out _) ? other : bert;

        bool? Flag(string inConfig, string inNormalizer) => config?.Find(inConfig)?.Flag() ?? normalizer?.Find(inNormalizer)?.Flag();
    }

    /// <summary>Writes <c>tokenizer_config.json</c> as Hugging Face's BertTokenizer reads it.</summary>
    internal void Write(string folder)
    {
        var config = new JsonObject
        {
            ["tokenizer_class"] = "BertTokenizer",
            ["do_lower_case"] = LowerCase,
            ["strip_accents"] = StripAccents,
            ["tokenize_chinese_chars"] = ChineseCharacters,
            ["unk_token"] = Unknown,
            ["sep_token"] = Separator,
            ["pad_token"] = Padding,
            ["cls_token"] = Class,
            ["mask_token"] = Mask,
        };
        TokenizerConfig.SetUnits(config, SmallUnits);
        TokenizerConfig.Write(folder, config);
    }

    private static TokenizerJson? Normalizer(TokenizerJson? normalizer) => normalizer?.Text("type") switch
    {
        null or "BertNormalizer" => normalizer,
        var type => throw new NotSupportedException($"tokenizer.json: the normalizer {type} is not supported; BertNormalizer is."),
    };
}
