using System.Text.Json.Nodes;
using Droptune.Core.Text.Unicode;

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

    /// <summary>
    /// The settings of a model folder; <c>tokenizer_config.json</c> overrides <c>tokenizer.json</c>. Where neither says so, the
    /// vocabulary shows whether case is kept: it holds capital letters then.
    /// </summary>
    internal static TokenizerOptions Read(string folder, JsonNode? tokenizerJson, Vocabulary vocabulary)
    {
        var path = Path.Combine(folder, ModelFileNames.TokenizerConfig);
        var config = File.Exists(path) ? ReadJson(path) : null;
        var normalizer = Normalizer(tokenizerJson?["normalizer"]);
        if (normalizer?["clean_text"] is { } clean && !(bool)clean)
        {
            throw new NotSupportedException($"{folder}: clean_text = false is not supported.");
        }

        var defaults = new TokenizerOptions();
        return new()
        {
            LowerCase = Flag("do_lower_case", "lowercase") ?? !vocabulary.TryGetId("A", out _),
            StripAccents = Flag("strip_accents", "strip_accents"),
            ChineseCharacters = Flag("tokenize_chinese_chars", "handle_chinese_chars") ?? true,
            SmallUnits = config?["small_units"] is JsonArray scripts ? new([.. scripts.Select(script => Enum.Parse<Script>((string)script!))]) : null,
            LongestWord = (int?)tokenizerJson?["model"]?["max_input_chars_per_word"] ?? defaults.LongestWord,
            Unknown = Piece("unk_token") ?? defaults.Unknown,
            Separator = Piece("sep_token") ?? defaults.Separator,
            Padding = Piece("pad_token") ?? defaults.Padding,
            Class = Piece("cls_token") ?? defaults.Class,
            Mask = Piece("mask_token") ?? defaults.Mask,
        };

        bool? Flag(string inConfig, string inNormalizer) => (bool?)config?[inConfig] ?? (bool?)normalizer?[inNormalizer];

        // A plain string, or an object with the string as "content".
        string? Piece(string name) => config?[name] is JsonObject piece ? (string?)piece["content"] : (string?)config?[name];
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
        if (SmallUnits is { } small)
        {
            config["small_units"] = new JsonArray([.. small.Pieces.Select(script => JsonValue.Create($"{script}"))]);
        }

        File.WriteAllText(Path.Combine(folder, ModelFileNames.TokenizerConfig), config.ToJsonString(DroptuneJson.Readable) + "\n");
    }

    internal static JsonNode ReadJson(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) ?? throw new InvalidDataException($"{path} holds null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is not JSON: {e.Message}", e);
        }
    }

    private static JsonNode? Normalizer(JsonNode? normalizer) => (string?)normalizer?["type"] switch
    {
        null or "BertNormalizer" => normalizer,
        var type => throw new NotSupportedException($"tokenizer.json: the normalizer {type} is not supported; BertNormalizer is."),
    };
}
