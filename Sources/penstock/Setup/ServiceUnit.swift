/// systemd's files for a service: one source for a working folder (`penstock init`) and for a package.
struct ServiceUnit {
    /// Absolute, as the settings.
    let program: String
    let settings: String
    let user: String
    /// The group that the service's files and socket belong to, so that nginx may read them; nil for the user's own.
    var group: String?
    /// The folders that the service writes to, absolute.
    let writable: [String]
    /// Whether systemd listens for nginx and hands the socket over, so that a restart refuses no connection; otherwise
    /// the service makes its own.
    var isHandedItsSocket = false
    /// A line above everything else.
    var comment: String?

    /// What the service may do to the host is nothing but its folders, its sockets and its databases. `setpriority` is
    /// let through because exports run at a lower priority than the answers to callers.
    var service: String {
        """
        \(comment.map { "# \($0)\n" } ?? "")[Unit]
        Description=Penstock, report exports
        Wants=network-online.target
        After=network-online.target postgresql.service
        \(!isHandedItsSocket ? "" : "Requires=penstock.socket\n")
        [Service]
        Type=notify
        NotifyAccess=main
        WatchdogSec=60
        ExecStart="\(program)" serve --config "\(settings)"
        ExecReload=/bin/sh -c "kill -HUP $MAINPID"
        \(input)User=\(user)
        \(group.map { "Group=\($0)\nSupplementaryGroups=\(user)\n" } ?? "")Restart=on-failure
        KillMode=mixed
        TimeoutStopSec=330
        UMask=0027
        LimitCORE=0
        Environment=SWIFT_BACKTRACE=enable=no
        ReadWritePaths=\(writable.map { "\"\($0)\"" }.joined(separator: " "))
        NoNewPrivileges=yes
        CapabilityBoundingSet=
        AmbientCapabilities=
        SystemCallArchitectures=native
        SystemCallFilter=@system-service
        SystemCallFilter=~@privileged @resources
        SystemCallFilter=setpriority
        SystemCallErrorNumber=EPERM
        RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
        RestrictNamespaces=yes
        RestrictSUIDSGID=yes
        RestrictRealtime=yes
        LockPersonality=yes
        MemoryDenyWriteExecute=yes
        PrivateTmp=yes
        PrivateDevices=yes
        PrivateMounts=yes
        DevicePolicy=closed
        ProtectSystem=strict
        \(isAtHome ? "" : "ProtectHome=yes\n")ProtectClock=yes
        ProtectHostname=yes
        ProtectKernelLogs=yes
        ProtectKernelModules=yes
        ProtectKernelTunables=yes
        ProtectControlGroups=yes
        ProtectProc=invisible
        RemoveIPC=yes

        [Install]
        WantedBy=multi-user.target

        """
    }

    /// For a service that is handed its socket.
    func listening(on path: String) -> String {
        """
        [Unit]
        Description=Penstock, where nginx connects

        [Socket]
        ListenStream=\(path)
        Backlog=1024
        SocketUser=\(user)
        SocketGroup=\(group ?? user)
        SocketMode=0660

        [Install]
        WantedBy=sockets.target

        """
    }

    /// The socket is the standard input, which is how a service of one socket gets it.
    private var input: String {
        !isHandedItsSocket ? "" : "StandardInput=socket\nStandardOutput=journal\nStandardError=journal\n"
    }

    /// Whether a file of the service lies where ProtectHome would hide it.
    private var isAtHome: Bool {
        ([program, settings] + writable).contains { path in
            ["/home/", "/root/", "/run/user/"].contains { path.hasPrefix($0) }
        }
    }
}
