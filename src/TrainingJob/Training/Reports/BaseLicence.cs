namespace Droptune.TrainingJob.Training.Reports;

/// <summary>What a base model's card says of the models that are trained from it.</summary>
/// <param name="Name">The licence that its card states in its metadata, as hubs name it; null = none is stated.</param>
/// <param name="HasNotice">Whether it lists the works that it was made of.</param>
public sealed record BaseLicence(string? Name, bool HasNotice)
{
    /// <summary>The languages that it states, with commas; null = none.</summary>
    public string? Languages { get; init; }

    /// <summary>The licence of the base model in a folder. Its notice is copied to <paramref name="output"/>, the folder of the model trained from it.</summary>
    public static BaseLicence Pass(string folder, string output)
    {
        var (notice, copy) = (Path.Combine(folder, ModelFileNames.Notice), Path.Combine(output, ModelFileNames.Notice));
        if (File.Exists(notice))
        {
            File.Copy(notice, copy, overwrite: true);
        }

        return new(ModelLicence.Of(folder), File.Exists(copy)) { Languages = CardMetadata.Of(folder).GetValueOrDefault("language") };
    }
}
