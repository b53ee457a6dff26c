namespace Droptune.Core.Datasets;

/// <summary>
/// Finds a local folder with a base model's configuration and vocabulary, by its name as <c>dataset.json</c> gives it
/// (null = the default one). Null = there is none; what makes a model useless is an <see cref="InvalidDataException"/>.
/// </summary>
public delegate Task<string?> BaseModelFinder(string? name, CancellationToken cancellationToken);
