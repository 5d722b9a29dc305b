using System.Text;
using NixSharp.Processes;
using NixSharp.StorePaths;
using NixSharp.Stores;

namespace NixSharp.GitOps.Cachix;

/// <summary>
/// A script that an agent runs after a deployment: it tries each check again until it is good or time is up, and fails
/// otherwise, which undoes the deployment.
/// </summary>
public sealed record RollbackScript
{
    /// <summary>Units of systemd that have to be active.</summary>
    public IReadOnlyList<string> Units { get; init; } = [];

    /// <summary>Addresses that have to answer with success; the host needs <c>curl</c>.</summary>
    public IReadOnlyList<Uri> Addresses { get; init; } = [];

    /// <summary>Commands that have to succeed: a program and its arguments each, which no shell reads.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Commands { get; init; } = [];

    /// <summary>How long checks are tried again. Default a minute.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Puts the script into a store.</summary>
    /// <returns>Its path, for <see cref="DeploySpec.RollbackScripts"/>.</returns>
    /// <exception cref="NixStoreException">The store cannot be written.</exception>
    public async Task<StorePath> AddAsync(INixStore store, string name = "rollback-script", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, ToString(), cancellationToken).ConfigureAwait(false);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            return await store.AddAsync(file, name, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The text of the script, for any POSIX shell.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $$"""
            #!/bin/sh
            # Fails, so that the deployment is undone, where a check below is not good in time.
            deadline=$(($(date +%s) + {{(long)Timeout.TotalSeconds}}))

            check() {
              until "$@"; do
                if [ "$(date +%s)" -ge "$deadline" ]; then
                  echo "failed: $*" >&2
                  exit 1
                fi
                sleep 1
              done
            }


            """);
        foreach (var command in Units.Select(static IReadOnlyList<string> (unit) => ["systemctl", "is-active", "--quiet", "--", unit])
            .Concat(Addresses.Select(static IReadOnlyList<string> (address) => ["curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "--max-time", "10", address.AbsoluteUri]))
            .Concat(Commands))
        {
            text.Append("check ").AppendJoin(' ', command.Select(ShellText.QuoteIfNeeded)).Append('\n');
        }

        return text.ToString();
    }
}
