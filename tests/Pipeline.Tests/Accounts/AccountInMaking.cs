using Azure.Storage.Blobs;
using Droptune.Core.Models;
using Droptune.Core.Storage;
using Droptune.Core.Text.WordPiece;
using Droptune.TrainingJob.Checkpoints;
using Droptune.TrainingJob.Model;
using Microsoft.Extensions.Configuration;
using TorchSharp;

namespace Droptune.Pipeline.Tests.Accounts;

/// <summary>The product on an account that is to be kept: it holds a base model so small that all that is trained of it is, too.</summary>
internal sealed class AccountInMaking(AzuriteFixture azurite) : LocalApp(azurite)
{
    /// <summary>Long enough to end the functions before the last change is acted on: its message is then kept waiting.</summary>
    private static readonly TimeSpan QuietPeriod = TimeSpan.FromSeconds(8);

    protected override IEnumerable<string> Settings => ["--QuietPeriod", $"{QuietPeriod}", "--Uncertain:Most", "20", "--Serving:Freshness", "00:00:00.2"];

    protected override async Task PrepareAsync()
    {
        var folder = Directory.CreateTempSubdirectory("droptune-").FullName;
        try
        {
            WriteBaseModel(folder);
            var settings = new Dictionary<string, string?> { [StorageNames.Connection] = Connection };
            var container = DroptuneStorage.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).Container(StorageNames.BaseModels);
            await container.CreateIfNotExistsAsync();
            foreach (var file in Directory.GetFiles(folder))
            {
                BlobClient blob = container.GetBlobClient($"paint-words/{Path.GetFileName(file)}");
                await blob.UploadAsync(file);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void WriteBaseModel(string folder)
    {
        var words = new TokenizerOptions();
        var tokenizer = new WordPieceTokenizer(WordPieceTrainer.Train(PaintShop.Sentences(200, seed: 7).Select(sentence => sentence.Text), words, 200), words);
        var config = new ModelConfig
        {
            VocabSize = tokenizer.Vocabulary.Count,
            HiddenSize = 32,
            NumHiddenLayers = 1,
            NumAttentionHeads = 2,
            IntermediateSize = 64,
            MaxPositionEmbeddings = 128, // what the options take by default
            InitializerRange = 0.15,
            PadTokenId = tokenizer.PadId,
        };
        torch.manual_seed(1);
        using var weights = new BertWeights(config, torch.CPU, language: true);
        tokenizer.Save(folder);
        PretrainedModel.Save(folder, weights, config);
    }
}
