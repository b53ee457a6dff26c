using System.Text.RegularExpressions;
using Droptune.Core.Text.Loading;

namespace Droptune.Core.Hub;

/// <summary>
/// A copy of a hub's model in a folder: of all that lies on the hub, the files that a training reads, and no program. What is there is
/// not asked for again.
/// </summary>
public static partial class HubCopy
{
    private const string Index = ModelFileNames.Weights + ".index.json";
    private const int MostShards = 100;
    private const long LargestTokenizer = 64 << 20; // bytes; XLM-R's has 9 million
    private const long LargestText = 8 << 20;

    /// <summary>Where the last one is there, so are all: the gate needs no more.</summary>
    private static readonly string[] Texts =
        [ModelFileNames.Card, ModelFileNames.Notice, ModelFileNames.TokenizerConfig, ModelFileNames.Vocabulary, ModelFileNames.Tokenizer, ModelFileNames.Config];

    private static readonly string[] OtherWeights = ["pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5", "flax_model.msgpack"];

    /// <summary>Fetches what is missing in a folder; the configuration comes last.</summary>
    /// <param name="hub">The hub.</param>
    /// <param name="model">With its commit.</param>
    /// <param name="folder">Of the copy.</param>
    /// <param name="withWeights">False where configuration and tokenizer are enough. The weights are looked at all the same.</param>
    /// <param name="arrived">Gets what comes from the hub; null = nobody does.</param>
    /// <param name="cancellationToken">Ends it; what came stays.</param>
    /// <exception cref="HubException">The hub does not give it, or it is no model that could be trained.</exception>
    public static async Task CompleteAsync(
        HubClient hub, HubName model, string folder, bool withWeights, PieceArrived? arrived, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        if (!IsComplete(folder, withWeights))
        {
            var download = new HubDownload(hub, model, folder);
            foreach (var file in await FilesAsync(hub, model, download, folder, withWeights, cancellationToken))
            {
                await download.FetchAsync(file, arrived, cancellationToken);
            }
        }

        CheckPrograms(model, folder);
    }

    private static bool IsComplete(string folder, bool withWeights) => Has(folder, ModelFileNames.Config)
        && (!withWeights || Has(folder, ModelFileNames.Weights) || (Has(folder, Index) && ShardsOf(folder) is { } shards && shards.All(shard => Has(folder, shard))));

    /// <summary>The files that are to be there. All that the copy will ever hold is looked at, whatever is wanted of it now.</summary>
    private static async Task<IEnumerable<HubFile>> FilesAsync(
        HubClient hub, HubName model, HubDownload download, string folder, bool withWeights, CancellationToken cancellationToken)
    {
        var files = (await hub.FindAsync(model, cancellationToken)).Files;
        CheckKinds(model, files);
        var isSharded = !files.Contains(ModelFileNames.Weights);
        var texts = await DescribeAsync((isSharded ? [Index] : Array.Empty<string>()).Concat(Texts.Intersect(files)));
        foreach (var text in texts)
        {
            CheckSize($"'{text.Name}' of '{model}'", text.Size, text.Name is ModelFileNames.Vocabulary or ModelFileNames.Tokenizer ? LargestTokenizer : LargestText, "are read");
        }

        if (isSharded)
        {
            await download.FetchAsync(texts[0], arrived: null, cancellationToken); // it names the others
        }

        var weights = await DescribeAsync(!isSharded ? [ModelFileNames.Weights] : ShardsOf(folder)
            ?? throw new HubException($"'{Index}' of '{model}' does not say which files hold the weights: it is to name safetensors files beside it, {MostShards} at most."));
        CheckSize($"'{model}'", texts.Concat(weights).Aggregate((Int128)0, (sum, file) => sum + file.Size), hub.Settings.MaxBytes, "may be fetched (Hub__MaxBytes)");
        return withWeights ? weights.Concat(texts) : texts;

        async Task<List<HubFile>> DescribeAsync(IEnumerable<string> names)
        {
            var described = new List<HubFile>();
            foreach (var name in names)
            {
                described.Add(await hub.DescribeAsync(model, name, cancellationToken));
            }

            return described;
        }
    }

    private static void CheckKinds(HubName model, IReadOnlyList<string> files)
    {
        if (!files.Contains(ModelFileNames.Config))
        {
            throw new HubException($"'{model}' is no model that can be trained here: it has no {ModelFileNames.Config}.");
        }

        if (TokenizerFolder.Lack(files.Contains, model.Id) is { } lack)
        {
            throw new HubException($"'{model}' is no model that can be trained here: it {lack}.");
        }

        if (!files.Contains(ModelFileNames.Weights) && !files.Contains(Index))
        {
            var others = string.Join(", ", OtherWeights.Intersect(files));
            throw new HubException(
                $"'{model}' has no weights as safetensors{(others.Length > 0 ? $", but {others}, which can hold programs and is not read" : "")}. Where the hub has them as a " +
                $"proposal, name its revision ({model.Id}@refs/pr/1); else convert them: in Python, AutoModel.from_pretrained('{model.Id}').save_pretrained(folder) " +
                "and the same of AutoTokenizer; then copy the folder to base-models.");
        }
    }

    private static void CheckSize(string what, Int128 size, long limit, string limited)
    {
        if (size > limit)
        {
            throw new HubException($"{what} has {size} bytes; {limit} {limited}.");
        }
    }

    /// <summary>A model that comes with a program of its own computes something else without it.</summary>
    private static void CheckPrograms(HubName model, string folder)
    {
        try
        {
            using var config = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, ModelFileNames.Config)));
            if (config.RootElement.TryGetProperty("auto_map", out _))
            {
                throw new HubException($"'{model}' is computed by a program of its own (auto_map in its {ModelFileNames.Config}), which is not run here.");
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new HubException($"The {ModelFileNames.Config} of '{model}' is not a JSON object.", e);
        }
    }

    /// <summary>The files that the weights are divided among; null where the index does not say so.</summary>
    private static List<string>? ShardsOf(string folder)
    {
        try
        {
            using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, Index)));
            var shards = index.RootElement.GetProperty("weight_map").EnumerateObject().Select(entry => entry.Value.GetString() ?? "").Distinct().ToList();
            return shards.Count is > 0 and <= MostShards && shards.TrueForAll(PlainName().IsMatch) ? shards : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool Has(string folder, string file) => File.Exists(Path.Combine(folder, file));

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.safetensors\z")]
    private static partial Regex PlainName();
}
