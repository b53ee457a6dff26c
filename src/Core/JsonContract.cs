using System.Collections;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Droptune.Core;

/// <summary>
/// What the nullable annotations of a type promise, kept where System.Text.Json does not: a record's parameter that is not
/// given would be null, and so might be the items of lists and dictionaries.
/// </summary>
internal static class JsonContract
{
    /// <summary>To be applied to every type that is read.</summary>
    public static void Apply(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        foreach (var property in type.Properties)
        {
            property.IsRequired |= property.AssociatedParameter is { HasDefaultValue: false, IsNullable: false } parameter && !parameter.ParameterType.IsValueType;
        }

        var lists = Lists(type).ToArray();
        if (lists.Length > 0)
        {
            var before = type.OnDeserialized;
            type.OnDeserialized = read =>
            {
                before?.Invoke(read);
                foreach (var (property, items) in lists)
                {
                    if (Null(property.Get!(read), items) is { } place)
                    {
                        throw new JsonException($"{property.Name}{place} is null, which is no value here.");
                    }
                }
            };
        }
    }

    private static IEnumerable<(JsonPropertyInfo Property, NullabilityInfo Items)> Lists(JsonTypeInfo type)
    {
        var nullability = new NullabilityInfoContext();
        foreach (var property in type.Properties)
        {
            if (property is { Get: not null, AttributeProvider: PropertyInfo declared } && Items(nullability.Create(declared)) is { } items)
            {
                yield return (property, items);
            }
        }
    }

    /// <summary>Of the items of a list, or the values of a dictionary; null for a type that has none, or none to look at.</summary>
    private static NullabilityInfo? Items(NullabilityInfo type) =>
        type.Type == typeof(string) || !type.Type.IsAssignableTo(typeof(IEnumerable)) ? null
        : (type.ElementType ?? type.GenericTypeArguments.LastOrDefault()) is { } items && (!items.Type.IsValueType || Items(items) is not null) ? items
        : null;

    /// <summary>Where there is a null among the items, such as "[3]"; null where there is none.</summary>
    private static string? Null(object? list, NullabilityInfo items)
    {
        var inner = Items(items);
        foreach (var (key, item) in Entries(list))
        {
            if (item is null && items.ReadState == NullabilityState.NotNull)
            {
                return $"[{key}]";
            }

            if (inner is not null && Null(item, inner) is { } place)
            {
                return $"[{key}]{place}";
            }
        }

        return null;
    }

    private static IEnumerable<(object Key, object? Value)> Entries(object? list) => list switch
    {
        IDictionary dictionary => dictionary.Keys.Cast<object>().Select(key => (key, dictionary[key])),
        IEnumerable items => items.Cast<object?>().Select((item, index) => ((object)index, item)),
        _ => [],
    };
}
