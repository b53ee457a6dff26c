using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Droptune.Core;

/// <summary>
/// A section of the settings, read into options. What a setting may be is said by its property's type and annotations, how two
/// belong together by the options' own validation, which names the one to change first. All problems are found, those of a
/// value that cannot be read too: .NET's own binder stops at the first of these.
/// </summary>
internal sealed class SettingsSection<T>(IConfiguration configuration, string section) : IConfigureOptions<T>, IValidateOptions<T>
    where T : class
{
    public void Configure(T options) => Read(options, section);

    public ValidateOptionsResult Validate(string? name, T options) =>
        Problems(options, section).ToList() is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;

    private void Read(object options, string path)
    {
        foreach (var property in Properties(options))
        {
            var key = Key(path, property);
            if (IsSection(property))
            {
                Read(property.GetValue(options)!, key);
            }
            else if (configuration[key] is { } text && Parse(text, property.PropertyType) is { } value)
            {
                property.SetValue(options, value);
            }
        }
    }

    private IEnumerable<string> Problems(object options, string path)
    {
        var wrong = new HashSet<string>();
        foreach (var property in Properties(options))
        {
            var (key, value) = (Key(path, property), property.GetValue(options));
            if (IsSection(property))
            {
                foreach (var problem in Problems(value!, key))
                {
                    yield return problem;
                }
            }
            else if (configuration[key] is { } text && Parse(text, property.PropertyType) is null)
            {
                wrong.Add(property.Name);
                yield return Problem(key, text, Kind(property.PropertyType));
            }
            else if (property.GetCustomAttributes<ValidationAttribute>().FirstOrDefault(rule => !rule.IsValid(value)) is { } broken)
            {
                wrong.Add(property.Name);
                yield return Problem(key, value, Allowed(broken));
            }
        }

        foreach (var relation in (options as IValidatableObject)?.Validate(new(options)) ?? [])
        {
            if (!wrong.Overlaps(relation.MemberNames))
            {
                var member = options.GetType().GetProperty(relation.MemberNames.First())!;
                yield return Problem(Key(path, member), member.GetValue(options), relation.ErrorMessage!);
            }
        }
    }

    private static IEnumerable<PropertyInfo> Properties(object options) => options.GetType().GetProperties().Where(property => property.CanWrite);

    private static bool IsSection(PropertyInfo property) => !TypeDescriptor.GetConverter(property.PropertyType).CanConvertFrom(typeof(string));

    private static string Key(string path, PropertyInfo property)
    {
        var name = property.GetCustomAttribute<ConfigurationKeyNameAttribute>()?.Name ?? property.Name;
        return path.Length == 0 ? name : ConfigurationPath.Combine(path, name);
    }

    private static object? Parse(string text, Type type)
    {
        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            return null;
        }
    }

    // As app settings and environment variables are named.
    private static string Problem(string key, object? value, string allowed) => FormattableString.Invariant(
        $"{key.Replace(ConfigurationPath.KeyDelimiter, "__", StringComparison.Ordinal)} is {(value is string ? $"'{value}'" : value)}; it must be {allowed}");

    private static string Kind(Type type) =>
        type == typeof(TimeSpan) ? "a time such as 00:00:30"
        : type == typeof(bool) ? "true or false"
        : type == typeof(double) ? "a number"
        : "a whole number";

    private static string Allowed(ValidationAttribute rule) => rule switch
    {
        RangeAttribute range => FormattableString.Invariant($"{range.Minimum} to {range.Maximum}"),
        RequiredAttribute => "set",
        _ => throw new NotSupportedException($"No words for {rule.GetType().Name}"),
    };
}
