using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Droptune.TrainingJob.Training.Reports;

/// <summary>What a base model asks of the models that are trained from it.</summary>
/// <param name="Name">The licence that its card states in its metadata, as hubs name it; null = none is stated.</param>
/// <param name="HasNotice">Whether it lists the works that it was made of.</param>
public sealed record BaseLicence(string? Name, bool HasNotice)
{
    private const string Fence = "---";

    /// <summary>The licence of the base model in a folder. Its notice is copied to <paramref name="output"/>, the folder of the model trained from it.</summary>
    public static BaseLicence Pass(string folder, string output)
    {
        var (notice, copy) = (Path.Combine(folder, ModelFileNames.Notice), Path.Combine(output, ModelFileNames.Notice));
        if (File.Exists(notice))
        {
            File.Copy(notice, copy, overwrite: true);
        }

        return new(Find(Path.Combine(folder, ModelFileNames.Card)), File.Exists(copy));
    }

    private static string? Find(string card)
    {
        if (!File.Exists(card) || File.ReadLines(card).FirstOrDefault() != Fence)
        {
            return null;
        }

        try
        {
            var metadata = new YamlStream();
            metadata.Load(new StringReader(string.Join('\n', File.ReadLines(card).Skip(1).TakeWhile(line => line != Fence))));
            return metadata.Documents is [{ RootNode: YamlMappingNode root }] && root.Children.TryGetValue("license", out var licence) ? $"{licence}" : null;
        }
        catch (Exception e) when (e is YamlException or InvalidOperationException or ArgumentException)
        {
            return null; // a card is for people: what it looks like ends no training
        }
    }
}
