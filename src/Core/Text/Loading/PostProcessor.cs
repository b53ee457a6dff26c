using Droptune.Core.Text.Pieces;

namespace Droptune.Core.Text.Loading;

/// <summary>What a <c>tokenizer.json</c> puts around a text: one piece before it and one behind it.</summary>
internal sealed class PostProcessor
{
    public PostProcessor(TokenizerJson? json)
    {
        foreach (var part in json is { } stated ? PartsOf(stated) : [])
        {
            switch (part.Text("type"))
            {
                case "RobertaProcessing":
                    TrimsPlaces = part.Flag("trim_offsets", true);
                    (First, Last) = (Piece(part.Get("cls")), Piece(part.Get("sep")));
                    break;
                case "BertProcessing":
                    (First, Last) = (Piece(part.Get("cls")), Piece(part.Get("sep")));
                    break;
                case "ByteLevel":
                    TrimsPlaces = part.Flag("trim_offsets", true);
                    break;
                case "TemplateProcessing":
                    (First, Last) = Around(part.Get("single"));
                    break;
                case var type:
                    throw part.Unsupported($"the type {type}", "RobertaProcessing, BertProcessing, ByteLevel and TemplateProcessing are");
            }
        }
    }

    /// <summary>Null where it does not say.</summary>
    public string? First { get; }

    public string? Last { get; }

    /// <summary>Whether places of pieces do not include the spaces at their ends.</summary>
    public bool TrimsPlaces { get; }

    private static IEnumerable<TokenizerJson> PartsOf(TokenizerJson json) => json.Text("type") == "Sequence" ? json.Get("processors").Items() : [json];

    private static string Piece(TokenizerJson pair) => pair.Items().ToArray() is [var piece, _] ? piece.Text() : throw pair.Error("must be a piece and its id");

    private static (string First, string Last) Around(TokenizerJson template)
    {
        var parts = template.Items().ToArray();
        return parts is [var first, var text, var last] && first.Find("SpecialToken") is { } before && text.Find("Sequence") is not null && last.Find("SpecialToken") is { } behind
            ? (before.Get("id").Text(), behind.Get("id").Text())
            : throw template.Unsupported("another template", "one special piece, the text, and one special piece are");
    }
}
