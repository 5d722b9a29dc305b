using System.Globalization;
using NixSharp.Flakes;

namespace NixSharp.GitOps.ArgoCD;

/// <summary>How <see cref="ArgoPlugin"/> works.</summary>
public sealed record ArgoPluginOptions
{
    /// <summary>How <c>nix</c> is run; its working folder is the application's.</summary>
    public NixOptions Nix { get; init; } = new();

    /// <summary>The file of the application's folder that its values are written to.</summary>
    public string ValuesFile { get; init; } = "values.json";

    /// <summary>How long a build may take. Argo CD itself ends a plugin after 90 seconds if <c>ARGOCD_EXEC_TIMEOUT</c> says nothing else.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(85);

    /// <summary>Where Nix caches evaluations and this plugin results; null for the user's own cache, or a temporary folder where that cannot be written.</summary>
    public string? CacheFolder { get; init; }

    /// <summary>Gets each line of the log.</summary>
    public IProgress<string>? Log { get; init; }

    /// <summary>The time that Argo CD gives a plugin, less five seconds in which it can say what took so long.</summary>
    /// <param name="text">The value of <c>ARGOCD_EXEC_TIMEOUT</c>, such as <c>90s</c> or <c>2m30s</c>; null or nonsense gives the default.</param>
    public static TimeSpan TimeoutFor(string? text)
    {
        var (total, number) = (TimeSpan.Zero, "");
        foreach (var character in text ?? "")
        {
            if (char.IsAsciiDigit(character) || character == '.')
            {
                number += character;
                continue;
            }

            if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) || count > 1e6)
            {
                return new ArgoPluginOptions().Timeout;
            }

            total += character switch { 'h' => TimeSpan.FromHours(count), 'm' => TimeSpan.FromMinutes(count), 's' => TimeSpan.FromSeconds(count), _ => TimeSpan.Zero };
            number = "";
        }

        var reserve = TimeSpan.FromSeconds(5);
        return total > reserve && number.Length == 0 ? total - reserve : new ArgoPluginOptions().Timeout;
    }
}
